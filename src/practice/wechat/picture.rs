//! Pictures as real JPEG files (ITU T.81, baseline, greyscale), as small as such
//! a writer can be: every square of eight pixels has one shade, so only the DC
//! coefficient of each block is ever written.

use qrcode::{Color, QrCode};
use sha2::{Digest as _, Sha256};

/// Pixels along a block.
const BLOCK: usize = 8;
/// White margin of a QR code, in modules (ISO/IEC 18004).
const MARGIN: usize = 4;

/// A QR code that holds `content`, at least `width` pixels wide where that is a multiple of its modules.
pub(super) fn qr(content: &str, width: usize) -> Option<Vec<u8>> {
    let code = QrCode::new(content).ok()?;
    let side = code.width();
    let colors = code.to_colors();
    let scale = (width / (BLOCK * (side + 2 * MARGIN))).max(1);
    let dark = |x: usize, y: usize| {
        let (x, y) = ((x / scale).checked_sub(MARGIN), (y / scale).checked_sub(MARGIN));
        match (x, y) {
            (Some(x), Some(y)) if x < side && y < side => colors.get(y * side + x) == Some(&Color::Dark),
            _ => false,
        }
    };
    Some(jpeg((side + 2 * MARGIN) * scale, dark))
}

/// A mirrored pattern of 16 by 16 blocks, made from a text.
pub(super) fn pattern(text: &str) -> Vec<u8> {
    let digest = Sha256::digest(text);
    let dark = |x: usize, y: usize| {
        let x = (if x < 8 { x } else { 15 - x }) / 2;
        digest.get((y / 2) * 4 + x).is_some_and(|byte| byte & 1 == 1)
    };
    jpeg(16, dark)
}

/// Tables: all quantisers 8; DC categories 0, 7 and 8 as `0`, `110`, `10`; the end of a block as `0`.
const HEAD: [u8; 2] = [0xFF, 0xD8];
const DC_TABLE: [u8; 24] = [0xFF, 0xC4, 0, 22, 0x00, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x08, 0x07];
const AC_TABLE: [u8; 22] = [0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00];
const SCAN: [u8; 10] = [0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, 63, 0];

/// A square picture of `side` blocks.
fn jpeg(side: usize, dark: impl Fn(usize, usize) -> bool) -> Vec<u8> {
    let pixels = u16::try_from(side * BLOCK).unwrap_or(u16::MAX).to_be_bytes();
    let mut file = HEAD.to_vec();
    file.extend([0xFF, 0xDB, 0, 67, 0]);
    file.extend([8; 64]);
    file.extend([0xFF, 0xC0, 0, 11, 8, pixels[0], pixels[1], pixels[0], pixels[1], 1, 1, 0x11, 0]);
    file.extend(DC_TABLE);
    file.extend(AC_TABLE);
    file.extend(SCAN);
    let mut bits = Bits::default();
    let mut before = 0_i32;
    for y in 0..side {
        for x in 0..side {
            // The mean of a block, shifted by 128, times 8, over the quantiser.
            let shade = if dark(x, y) { -128 } else { 127 };
            bits.difference(shade - before);
            before = shade;
        }
    }
    file.extend(bits.done());
    file.extend([0xFF, 0xD9]);
    file
}

/// Bits in a row, with the zero that must follow a byte of ones.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: u32,
    held: u32,
}

impl Bits {
    /// A DC difference (one of 0, ±255, 127, -128) and the end of its block.
    fn difference(&mut self, difference: i32) {
        let size = match difference.unsigned_abs() {
            0 => 0,
            1..=127 => 7,
            _ => 8,
        };
        match size {
            0 => self.push(0b0, 1),
            7 => self.push(0b110, 3),
            _ => self.push(0b10, 2),
        }
        // Negative numbers are written as one less (T.81 F.1.2.1).
        let bits = if difference < 0 { difference - 1 } else { difference };
        self.push(bits.cast_unsigned() & ((1 << size) - 1), size);
        self.push(0b0, 1);
    }

    fn push(&mut self, bits: u32, count: u32) {
        for at in (0..count).rev() {
            self.pending = self.pending << 1 | (bits >> at & 1);
            self.held += 1;
            if self.held == 8 {
                let byte = u8::try_from(self.pending & 0xFF).unwrap_or_default();
                self.bytes.push(byte);
                if byte == 0xFF {
                    self.bytes.push(0);
                }
                (self.pending, self.held) = (0, 0);
            }
        }
    }

    /// The rest is filled up with ones.
    fn done(mut self) -> Vec<u8> {
        while self.held != 0 {
            self.push(1, 1);
        }
        self.bytes
    }
}
