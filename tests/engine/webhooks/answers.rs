//! What becomes of a message is what its receiver answers.

use std::time::Duration;

use holdfast::{
    Expected, Revision, Status, Transition,
    callbacks::webhooks::{Endpoint, Settings},
};

use super::{
    Answer, Receiver, SECOND, arrived, attempts, in_memory, number, put, receiver, registered,
    secret, settings, until, until_arrived, well,
};
use crate::support::{ada, adas};

fn status(code: u16) -> Answer {
    Answer::new(code)
}

#[tokio::test]
async fn a_message_is_sent_by_the_standard_schedule_with_one_id_until_it_is_a_dead_letter() {
    let (states, clock) = in_memory().await;
    let long = status(500).with_body("x".repeat(5000));
    let server = Receiver::start([long]).await;
    let hook = registered(&states, Endpoint::new(server.uri(), secret(1))).await;
    let standard = Settings {
        schedule: Settings::default().schedule,
        ..settings()
    };
    let _webhooks = states.deliver_webhooks(standard.clone()).unwrap();
    put(&states, adas(), "s", number(1)).await;
    let name = Endpoint::subscriber(&hook.scope, &hook.id);
    let retries = async || {
        let all = states.subscribers().await.unwrap();
        let one = all.into_iter().find(|it| it.name == name);
        one.map_or(0, |it| it.tally.retries)
    };
    for (sent, pause) in (1..).zip(standard.schedule.pauses()) {
        let expected = sent as u64;
        until("it waits", async || retries().await == expected).await;
        // A moment before its time nothing is sent.
        clock.advance(*pause - SECOND);
        assert_eq!(arrived(&server).await.len(), sent);
        clock.advance(pause.mul_f64(0.1) + 2 * SECOND);
        until_arrived(&server, sent + 1).await;
    }
    let letters = async || states.dead_letters(&name).await.unwrap();
    until("given up", async || !letters().await.is_empty()).await;
    let letter = letters().await.remove(0);
    assert_eq!((letter.revision, letter.attempts), (Revision(2), 10));
    assert_eq!(letter.why, "the answer is 500 Internal Server Error");

    let attempts = attempts(&states, &hook, 10).await;
    let numbers = attempts
        .iter()
        .map(|it| (it.attempt, it.status, it.answer.len()));
    let expected = (1..=10).rev().map(|n| (n, Some(500), 1024));
    assert!(numbers.eq(expected), "{attempts:?}");
    let ids = arrived(&server).await;
    let ids: Vec<_> = ids
        .iter()
        .map(|it| it.headers["webhook-id"].clone())
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");

    // Repaired, the message is sent again by hand.
    server.reset(well());
    assert!(states.retry_dead_letter(&name, Revision(2)).await.unwrap());
    let again = until_arrived(&server, 1).await;
    assert_eq!(again[0].headers["webhook-id"], ids[0]);
    assert!(letters().await.is_empty());
}

#[tokio::test]
async fn who_is_gone_is_disabled_and_hears_the_rest_when_enabled_again() {
    let (states, clock) = in_memory().await;
    let server = Receiver::start([well(), status(410), well()]).await;
    let hook = registered(&states, Endpoint::new(server.uri(), secret(1))).await;
    let webhooks = states.deliver_webhooks(settings()).unwrap();
    put(&states, adas(), "s", number(1)).await;
    until_arrived(&server, 1).await;
    put(&states, adas(), "s", number(2)).await;
    let current = async || states.get(&hook.scope, &hook.id).await.unwrap().unwrap();
    until("disabled", async || {
        current().await.status == Status::DISABLED
    })
    .await;
    put(&states, adas(), "s", number(3)).await;
    let name = Endpoint::subscriber(&hook.scope, &hook.id);
    let is_held = async || {
        let all = states.subscribers().await.unwrap();
        all.iter().any(|it| it.name == name && it.is_held)
    };
    until("let go", async || !is_held().await).await;
    clock.advance(100 * SECOND);
    assert_eq!(arrived(&server).await.len(), 2);

    states
        .transition(
            &hook.scope,
            &hook.id,
            Transition::ACTIVATE,
            Expected::Any,
            &ada(),
        )
        .await
        .unwrap();
    let requests = until_arrived(&server, 4).await;
    webhooks.stop().await;
    let numbers: Vec<_> = requests
        .iter()
        .map(|it| {
            super::payload(it)["data"]["state"]["data"]["n"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(numbers, [1, 2, 2, 3]);
}

#[tokio::test]
async fn a_receiver_that_asks_for_a_pause_gets_it_and_not_more_than_a_day() {
    let (states, clock) = in_memory().await;
    let busy = |after: &str| status(429).with_header("retry-after", after);
    let down = status(503).with_header("retry-after", "99999999");
    let server = Receiver::start([busy("1000"), down, well()]).await;
    let hook = registered(&states, Endpoint::new(server.uri(), secret(1))).await;
    let _webhooks = states.deliver_webhooks(settings()).unwrap();
    put(&states, adas(), "s", number(1)).await;
    attempts(&states, &hook, 1).await;
    let name = Endpoint::subscriber(&hook.scope, &hook.id);
    let waits = async |retries| {
        let all = states.subscribers().await.unwrap();
        all.iter()
            .any(|it| it.name == name && it.tally.retries == retries)
    };
    until("it waits", async || waits(1).await).await;
    // By the schedule alone it would be sent after a minute, and another state's at once.
    put(&states, adas(), "other", number(2)).await;
    let mut passed = 0;
    until("it is taken", || {
        passed += 1;
        clock.advance(SECOND);
        async {
            let all = states.subscribers().await.unwrap();
            all.iter()
                .any(|it| it.name == name && it.position == Revision(3))
        }
    })
    .await;
    assert!(passed < 1000 && arrived(&server).await.len() == 1);
    clock.advance(1000 * SECOND);
    until_arrived(&server, 2).await;
    until("a day", async || {
        clock.advance(Duration::from_secs(24 * 60 * 60 + 1));
        arrived(&server).await.len() >= 4
    })
    .await;
    assert!(arrived(&server).await.len() >= 4);
}

#[tokio::test]
async fn a_receiver_that_takes_too_long_has_failed() {
    let (states, _clock) = in_memory().await;
    let server = receiver(well().after(Duration::from_secs(60))).await;
    let hook = registered(&states, Endpoint::new(server.uri(), secret(1))).await;
    let hasty = Settings {
        timeout: Duration::from_millis(50),
        ..settings()
    };
    let _webhooks = states.deliver_webhooks(hasty).unwrap();
    put(&states, adas(), "s", number(1)).await;
    let attempts = attempts(&states, &hook, 1).await;
    assert_eq!(attempts[0].status, None);
    assert!(attempts[0].answer.contains("timed out"), "{attempts:?}");
}
