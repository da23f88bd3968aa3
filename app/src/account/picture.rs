//! A key as a picture that apps read from the screen (QR code, ISO/IEC 18004). Drawn here: the browser gets a path.

use qrcodegen::{QrCode, QrCodeEcc};

use crate::AppError;

/// Light around the picture, in squares, as the standard asks.
const QUIET: i32 = 4;

/// The path of its dark squares, run by run, and how many squares it is wide and high, with the light around.
pub(super) fn of(text: &str) -> Result<(String, i32), AppError> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(AppError::internal)?;
    let (size, mut path) = (code.size(), String::new());
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|x| code.get_module(*x, y)).count() as i32;
            if run > 0 {
                let (left, top) = (x + QUIET, y + QUIET);
                path += &format!("M{left} {top}h{run}v1h-{run}z");
            }
            x += run.max(1);
        }
    }
    Ok((path, size + 2 * QUIET))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_picture_begins_with_the_mark_in_its_corner() {
        let (path, side) = of("otpauth://totp/Holdfast").unwrap_or_default();
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        assert_eq!(side, 25 + 8);
    }
}
