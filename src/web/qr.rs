//! A text as a QR code: inline SVG, black on white whatever the page's colours, with its quiet zone.

use std::fmt::Write as _;

use qrcode::{EcLevel, QrCode};

/// White modules on each side (ISO/IEC 18004 §5.3.8).
const QUIET: usize = 4;

/// The picture with a sentence for who can't see it; `None` for a text that is too long.
#[must_use]
pub fn svg(text: &str, label: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let size = width + 2 * QUIET;
    let mut path = String::with_capacity(width * width * 4);
    for (at, colour) in code.to_colors().into_iter().enumerate() {
        if colour == qrcode::Color::Dark {
            // Writing into a String does not fail.
            let _ = write!(path, "M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
        }
    }
    let label = askama::filters::escape(label, askama::filters::Html).ok()?;
    Some(format!(
        "<svg class=\"qr\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn a_picture_has_a_quiet_zone_and_a_sentence_and_no_markup_of_others() {
        let picture = svg("http://weixin.qq.com/q/abc", "\"><b>Scan").unwrap();
        // Version 2: 25 modules, and 4 on each side.
        assert!(picture.contains("viewBox=\"0 0 33 33\""), "{picture}");
        assert!(picture.contains("M4 4h1v1h-1z") && !picture.contains("M3 "));
        assert!(!picture.contains("<b>"));
        assert!(svg(&"x".repeat(4000), "").is_none());
    }
}
