//! The product's name and colour, and the contrast-safe shades that pages use of it.

use serde::{Deserialize, Serialize};

/// Setting `product`: how an installation calls itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Product {
    /// Shown in the card's head and in titles.
    pub name: String,
    /// `#rrggbb`.
    pub colour: String,
}

impl Default for Product {
    fn default() -> Self {
        Self { name: "Hufu".to_owned(), colour: "#17695a".to_owned() }
    }
}

/// The card in the dark scheme (`--card` of hufu.css), against which accents must be readable.
const DARK_CARD: Rgb = Rgb([0x19, 0x1c, 0x1f]);
/// The darkest text put on a light accent.
const DARK_INK: Rgb = Rgb([0x0d, 0x12, 0x13]);
const WHITE: Rgb = Rgb([0xff, 0xff, 0xff]);
/// WCAG 2.2 §1.4.3 asks for 4.5; the rest covers tinted backgrounds.
const ENOUGH: f64 = 5.3;

/// A colour, 8 bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rgb([u8; 3]);

impl Rgb {
    /// Reads `#rrggbb`.
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let mut bytes = [0; 3];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    fn text(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// WCAG 2.2 relative luminance.
    fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// WCAG 2.2 contrast ratio, 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Moves a fiftieth of the way at a time to `goal`, until the contrast with `ground` is enough.
    fn readable_on(self, ground: Self, goal: Self) -> Self {
        (0..=50_u16).map(|step| self.mixed(goal, step)).find(|shade| shade.contrast(ground) >= ENOUGH).unwrap_or(goal)
    }

    fn mixed(self, goal: Self, fiftieths: u16) -> Self {
        let mut bytes = [0; 3];
        for ((byte, from), to) in bytes.iter_mut().zip(self.0).zip(goal.0) {
            let mixed = (u16::from(from) * (50 - fiftieths) + u16::from(to) * fiftieths) / 50;
            *byte = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
        Self(bytes)
    }
}

/// Whether a text is a colour that can be set.
#[must_use]
pub fn is_colour(text: &str) -> bool {
    Rgb::parse(text).is_some()
}

/// The rules appended to hufu.css: the accent in both schemes, readable in each.
#[must_use]
pub fn accents(colour: &str) -> String {
    let Some(colour) = Rgb::parse(colour) else { return String::new() };
    let light = colour.readable_on(WHITE, Rgb([0, 0, 0]));
    let dark = colour.readable_on(DARK_CARD, WHITE);
    format!(
        ":root{{--accent:{};--accent-ink:{}}}@media(prefers-color-scheme:dark){{:root{{--accent:{};--accent-ink:{}}}}}",
        light.text(),
        WHITE.text(),
        dark.text(),
        DARK_INK.text()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_colour_becomes_readable_in_both_schemes() {
        for step in 0..=4096_u32 {
            let number = (step * 4095).min(0x00ff_ffff);
            let colour = Rgb::parse(&format!("#{number:06x}")).unwrap();
            let light = colour.readable_on(WHITE, Rgb([0, 0, 0]));
            let dark = colour.readable_on(DARK_CARD, WHITE);
            assert!(light.contrast(WHITE) >= 4.5, "{light:?}");
            assert!(dark.contrast(DARK_CARD) >= 4.5 && dark.contrast(DARK_INK) >= 4.5, "{dark:?}");
        }
    }

    #[test]
    fn what_is_not_a_colour_writes_no_style() {
        for text in ["", "red", "#12345", "#1234567", "#12345g", "#é2345", "#123}/*"] {
            assert!(!is_colour(text) && accents(text).is_empty(), "{text}");
        }
    }
}
