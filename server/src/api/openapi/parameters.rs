//! Parameters that several addresses have, each described once.

use serde_json::json;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        Object, ObjectBuilder, RefOr, Required, Schema, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

/// Declares them, to be named at a handler.
macro_rules! parameters {
    ($($group:ident: $name:literal, $place:ident, $required:ident, $schema:expr, $told:literal;)*) => {
        $(
            #[doc = $told]
            pub(in crate::api) struct $group;

            impl IntoParams for $group {
                fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                    let parameter = ParameterBuilder::new()
                        .name($name)
                        .parameter_in(ParameterIn::$place)
                        .required(Required::$required)
                        .description(Some($told))
                        .schema(Some($schema));
                    vec![parameter.build()]
                }
            }
        )*
    };
}

parameters! {
    Id: "id", Path, True, text(1), "The state's id.";
    Name: "name", Path, True, FileName::schema(), "The file.";
    IfMatch: "If-Match", Header, False, text(0), "The `ETag` of the version that was seen.";
    IfNoneMatch: "If-None-Match", Header, False, text(0), "An `ETag`; `*` with PUT for a new file.";
    SessionId: "X-Session-Id", Header, True, text(0), "The editing session.";
    Merging: "X-Session-Id", Header, False, text(0), "The editing session, with `X-Base-Version`.";
    BaseVersion: "X-Base-Version", Header, False, whole(), "The version that the text began from.";
    LockToken: "X-Lock-Token", Header, False, whole(), "The token of the lock, with `X-Base-Version`.";
    LastEventId: "Last-Event-ID", Header, False, whole(), "The id of the last event that was heard; it wins over `after`.";
    IdempotencyKey: "Idempotency-Key", Header, False, key(), "Any text that no other request of yours has: the request is then \
        done once, however often it is sent within a day, and answered alike, with `Idempotency-Replayed: true`. In quotes or without.";
}

/// The name of a configuration.
pub(in crate::api) struct FileName;

impl PartialSchema for FileName {
    fn schema() -> RefOr<Schema> {
        let name = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(180))
            .pattern(Some(
                r#"^[^./\\:*?"<>| \u0000-\u001f\u007f-\u009f][^/\\:*?"<>|\u0000-\u001f\u007f-\u009f]*\.(yaml|yml|toml|json|jsonc)$"#,
            ))
            .examples([json!("aflibercept_te.yaml")]);
        RefOr::T(Schema::Object(name.build()))
    }
}

impl ToSchema for FileName {}

/// One of these words.
pub(in crate::api) fn one_of(words: &[&str], default: &str) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
        .default(Some(default.into()))
        .build()
}

fn text(shortest: usize) -> Object {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.min_length((shortest > 0).then_some(shortest)).build()
}

fn key() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255))
        .build()
}

/// Up to what a program's whole numbers hold.
fn whole() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0_usize))
        .maximum(Some(usize::MAX))
        .build()
}
