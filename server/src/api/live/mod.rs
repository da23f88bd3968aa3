//! `GET /api/v1/live`: the news of `/events` over a WebSocket, for programs and pages.
//!
//! - this file: who is let in, before the connection changes its protocol
//! - `message`: what is said, as JSON
//! - `socket`: one conversation, from the first message to the reason why it ends
//!
//! Origin and session, or token, are checked by the same layers as for any request (`web::own_origin`,
//! `sessions::visitor`).

mod message;
mod socket;

use app::AppError;
use axum::{
    Json,
    extract::{
        State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::socket::{Pace, converse};
use super::{
    Asker, Shared,
    asked::Asked,
    listening::{Listening, Place, Wanted, until_over},
    news::news,
    openapi::{Refusals, UpgradeRequired},
};
use crate::web::Refusal;

const PATH: &str = "/api/v1/live";
/// Longest message that is taken from a client. There is nothing to be said but ping, pong and farewell.
const MAX_HEARD: usize = 4096;
/// Bytes of what each socket reads into and of what it gathers to be written, where tungstenite has 128 KiB, zeroed, for each:
/// clients send nothing but pongs, what we tell is short and sent at once, and there are many sockets.
const BUFFER: usize = 4096;
/// Bytes that wait for a slow client in this process; what is behind waits in the log.
const MAX_WAITING: usize = 1 << 20;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(live))
}

/// Open the live socket (WebSocket)
///
/// What happens, as it happens, one JSON object a message; `/api/v1/events` tells the same without WebSocket.
#[utoipa::path(
    get, path = PATH, operation_id = "live", tag = "live", params(Place, Wanted),
    responses(
        (status = 101, description = "The connection speaks WebSocket from here on."),
        Refusals, UpgradeRequired,
    ),
)]
async fn live(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(place): Asked<Place>,
    Asked(wanted): Asked<Wanted>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let Ok(upgrade) = upgrade else {
        return Ok(no_socket());
    };
    let listening = Listening::begin(&shared, &asker, place.after, &wanted).await?;
    let over = until_over(&shared, &asker, PATH);
    let news = news(&shared, listening.ears.clone(), listening.after);
    let pace = Pace::of(&shared.live);
    let upgrade = upgrade
        .max_message_size(MAX_HEARD)
        .max_frame_size(MAX_HEARD)
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_write_buffer_size(MAX_WAITING);
    Ok(upgrade.on_upgrade(async move |socket| {
        converse(socket, listening.after, news, over, pace, &listening.seat).await;
        drop(listening.seat);
    }))
}

/// Somebody asked for this address by plain HTTP.
fn no_socket() -> Response {
    let problem = AppError::BadRequest(
        "This address speaks WebSocket (RFC 6455, version 13): open `ws://` or `wss://` instead."
            .into(),
    );
    let upgrade = [(header::UPGRADE, "websocket")];
    (StatusCode::UPGRADE_REQUIRED, upgrade, Json(problem)).into_response()
}
