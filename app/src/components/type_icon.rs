//! The icon and the word for what a column holds.

use workbench::data::{ColumnInfo, ColumnType, MergeKeys};

/// Icon in the sprite.
pub(crate) fn type_icon(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Integer | ColumnType::Number => "hash",
        ColumnType::Category => "tag",
        ColumnType::YesNo => "toggle-left",
        ColumnType::Date => "calendar-range",
        ColumnType::Text => "file-text",
    }
}

/// The word, where a key says more than its type.
pub(crate) fn type_word(column: &ColumnInfo, keys: Option<&MergeKeys>) -> &'static str {
    if let Some(keys) = keys {
        if column.name == keys.primary_id {
            return "key";
        }
        if keys.session_id.as_ref() == Some(&column.name) {
            return "visit";
        }
    }
    match column.column_type {
        ColumnType::Integer | ColumnType::Number => "number",
        ColumnType::Category => "category",
        ColumnType::YesNo => "yes / no",
        ColumnType::Date => "date",
        ColumnType::Text => "text",
    }
}

/// Whether the column is one of the merge keys.
pub(crate) fn is_key(name: &str, keys: Option<&MergeKeys>) -> bool {
    keys.is_some_and(|keys| name == keys.primary_id || keys.session_id.as_deref() == Some(name))
}
