//! What every area may answer besides what was asked for: refusals, each described once.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{
        ContentBuilder, Header, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response,
        ResponseBuilder, Schema, Type,
    },
};

const PROBLEM_JSON: &str = "application/problem+json";

/// Name, status and meaning of each.
const ALL: [(&str, &str, &str); 15] = [
    ("Unreadable", "400", "It cannot be read."),
    (
        "NoSession",
        "401",
        "No session (any more), or a token that is not good.",
    ),
    (
        "Forbidden",
        "403",
        "They may not do this, or it came from another site.",
    ),
    ("NotFound", "404", "It is not here, or not theirs."),
    (
        "Conflict",
        "409",
        "Others changed the same place, its state does not allow this step, or the same request is still worked on. \
         With what is there now.",
    ),
    (
        "Stale",
        "412",
        "The version is another one. With what is there now.",
    ),
    (
        "TooLarge",
        "413",
        "Too large; the answer says how large it may be.",
    ),
    (
        "Invalid",
        "422",
        "A name, a value or a text is wrong: where (`path`), and what to do.",
    ),
    ("Locked", "423", "Somebody else has locked it."),
    ("UpgradeRequired", "426", "This address speaks WebSocket."),
    (
        "Unconditional",
        "428",
        "`If-Match` is missing. With what is there now.",
    ),
    ("TooMany", "429", "Too much at once."),
    (
        "Away",
        "503",
        "Something behind this server is away, or damaged there: the answer says what. Or the \
         server is behind what was seen at another one. Ask again later.",
    ),
    (
        "Unsure",
        "504",
        "Something behind this server did not say in time what became of it: it may have been done.",
    ),
    ("Full", "507", "The disk is full. Nothing was kept."),
];

/// All of them, as components.
pub(super) fn all() -> BTreeMap<String, RefOr<Response>> {
    let described = ALL.iter().map(|(name, status, meaning)| {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build();
        let mut response = ResponseBuilder::new()
            .description(*meaning)
            .content(PROBLEM_JSON, content);
        match *status {
            "412" | "428" => {
                response = response.header("ETag", header("What is there now.", Type::String))
            }
            "429" => {
                let told = "Seconds, for too many requests.";
                response = response.header("Retry-After", header(told, Type::Integer));
            }
            "503" => {
                let told = "Seconds, where the server is behind another one.";
                response = response.header("Retry-After", header(told, Type::Integer));
            }
            _ => {}
        }
        ((*name).to_owned(), RefOr::T(response.build()))
    });
    described.collect()
}

fn header(told: &str, kind: Type) -> Header {
    let schema = ObjectBuilder::new().schema_type(kind).build();
    HeaderBuilder::new()
        .description(Some(told))
        .schema(Some(RefOr::T(Schema::Object(schema))))
        .build()
}

/// Declares a group of them, to be named at a handler.
macro_rules! groups {
    ($($(#[$told:meta])* $group:ident: $($name:literal),+;)*) => {
        $(
            $(#[$told])*
            pub(in crate::api) struct $group;

            impl IntoResponses for $group {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    referred(&[$($name),+])
                }
            }
        )*
    };
}

groups! {
    /// Whatever reads may be refused so: unreadable, without a session, forbidden, invalid, too often, out of reach, or too slow.
    Refusals: "Unreadable", "NoSession", "Forbidden", "Invalid", "TooMany", "Away", "Unsure";
    /// Whatever changes something, besides: in conflict, too large, no room.
    WriteRefusals: "Unreadable", "NoSession", "Forbidden", "Conflict", "TooLarge", "Invalid", "TooMany", "Away", "Unsure", "Full";
    /// What is named may not be there.
    NotFound: "NotFound";
    /// What is written under `If-Match`.
    Stale: "Stale", "Unconditional";
    /// What names the version that it saw in its body.
    Overtaken: "Stale";
    /// What somebody may have locked.
    Locked: "Locked";
    /// What anybody may ask, though not without end.
    TooMany: "TooMany";
    /// What a key for one request brings along: it is written down, too.
    OncePerKey: "Unreadable", "Conflict", "TooLarge", "Invalid", "Full";
    /// What is no plain HTTP.
    UpgradeRequired: "UpgradeRequired";
}

fn referred(names: &[&str]) -> BTreeMap<String, RefOr<Response>> {
    let named = ALL.iter().filter(|(name, ..)| names.contains(name));
    named
        .map(|(name, status, _)| {
            let place = format!("#/components/responses/{name}");
            ((*status).to_owned(), RefOr::Ref(Ref::new(place)))
        })
        .collect()
}
