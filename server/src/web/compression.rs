//! Compresses pages and answers on their way out. Files of the site are compressed when they are built.

use tower_http::compression::{
    CompressionLayer,
    predicate::{And, DefaultPredicate, NotForContentType, Predicate},
};

/// What is compressed: all but live events (the default leaves them alone), pictures and downloads.
type Compressed = And<And<DefaultPredicate, NotForContentType>, NotForContentType>;

/// Everything that gains by it. Downloads stream as they are: Parquet is compressed inside, and a
/// CSV's first rows should not wait for an encoder's block to fill.
pub(crate) fn compression() -> CompressionLayer<Compressed> {
    let parquet = NotForContentType::const_new("application/vnd.apache.parquet");
    let csv = NotForContentType::const_new("text/csv");
    CompressionLayer::new().compress_when(DefaultPredicate::new().and(parquet).and(csv))
}
