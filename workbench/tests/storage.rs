//! Tables, results and runs in an object store: a real S3 server behind a real socket, and several workbenches before it,
//! each with a folder of its own.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "storage/deleting.rs"]
mod deleting;
#[path = "storage/going.rs"]
mod going;
#[path = "storage/keeping.rs"]
mod keeping;
#[path = "storage/room.rs"]
mod room;
#[path = "storage/s3.rs"]
mod s3;
#[path = "storage/sharing.rs"]
mod sharing;
#[path = "storage/team.rs"]
mod team;
#[path = "storage/trouble.rs"]
mod trouble;
