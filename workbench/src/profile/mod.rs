//! What a reader wants to know of a table before working with it: each column described, how numbers go together, what is
//! missing with what. `make` reads it from the Parquet copy, `html` writes it as one file to take home.

#[cfg(feature = "engine")]
mod html;
#[cfg(feature = "engine")]
mod make;
#[cfg(feature = "engine")]
mod pairs;
mod types;

#[cfg(feature = "engine")]
pub use self::html::html;
pub use self::types::*;
