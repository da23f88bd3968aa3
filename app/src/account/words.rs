//! The sentences for what the address says after a form: what was wrong, what was done. Only known words have one.

use leptos::prelude::*;
use leptos_router::{hooks::use_location, params::ParamsMap};

use crate::components::icon::Icon;

/// What was wrong: the short of it, and what to do.
fn problem(map: &ParamsMap) -> Option<(&'static str, String)> {
    let number = map.get("n").and_then(|n| n.parse::<u32>().ok());
    let said = |short, rest: &str| Some((short, rest.to_owned()));
    match map.get("problem")?.as_str() {
        "credentials" => Some(("Email or password is wrong.", tries_left(number))),
        "code" => Some(("This code is not good.", tries_left(number))),
        "late" => said(
            "This took too long, or the account was changed meanwhile.",
            "Begin again.",
        ),
        "factor" => said(
            "A second factor is needed on this server.",
            "Turn it on below; everything else is open to you then.",
        ),
        "throttled" => {
            let minutes = number.unwrap_or(15).max(1);
            Some(("Too many attempts.", format!("Try again in {minutes} min.")))
        }
        "short" => said(
            "This password is too short.",
            "Use at least 10 characters; a sentence is good.",
        ),
        "long" => said("This password is too long.", "Use at most 256 bytes."),
        "own" => said(
            "This password is easy to guess.",
            "Leave your own name and address out of it.",
        ),
        "common" => said(
            "This password is easy to guess.",
            "It is among those that are tried first.",
        ),
        "stolen" => said(
            "This password is known to thieves.",
            "It was stolen elsewhere and is on lists. Use another one.",
        ),
        "email" => said(
            "This is no email address.",
            "It looks like name@example.org.",
        ),
        "name" => said("A name is missing.", "Give one of at most 80 characters."),
        "closed" => said(
            "Nobody can sign up here without an invitation.",
            "Ask who runs this server.",
        ),
        "link" => said(
            "This link is not good any more.",
            "It can be used once. Ask for another one.",
        ),
        "taken" => said(
            "This address has an account already.",
            "Take another one, or make it an administrator with `holdfast user role`.",
        ),
        "ended" => said("You are logged out.", "Log in and try again."),
        "busy" => said("Too much at once.", "Try again in a minute."),
        "away" => said(
            "The database cannot be reached.",
            "Nothing was done. Try again in a moment.",
        ),
        "full" => said(
            "The disk is full.",
            "Nothing was done. Whoever runs this server makes room.",
        ),
        "unsure" => said(
            "The database did not answer in time.",
            "It may have been done or not: look, and try again.",
        ),
        "failed" => said("It did not work.", "Try again; the log knows why."),
        _ => None,
    }
}

fn tries_left(number: Option<u32>) -> String {
    match number {
        Some(0) => "The next try is possible after a wait of 15 min.".to_owned(),
        Some(1) => "1 try left, then a wait of 15 min.".to_owned(),
        Some(left) => format!("{left} tries left, then a wait of 15 min."),
        None => String::new(),
    }
}

/// What was done.
fn done(map: &ParamsMap) -> Option<&'static str> {
    match map.get("done")?.as_str() {
        "made" => Some("If this address had no account, it has one now. Log in with it."),
        "out" => Some("You are logged out."),
        "ended" => Some("This login was ended. Log in to go on."),
        "password" => Some("The password is changed. Your other logins were ended."),
        "begun" => Some("Scan the picture with your app, and type the code that it shows."),
        "factor-off" => Some("The second factor is off. Your other logins were ended."),
        "brought" => Some("That is decided. Older versions are on the States page."),
        _ => None,
    }
}

/// What the last form came to.
#[component]
pub(super) fn Outcome() -> impl IntoView {
    let map = use_location().query;
    let problem = move || {
        map.with(problem).map(|(short, rest)| {
            view! {
                <div role="alert" class="flex gap-2 px-2.5 py-2 mb-4 rounded-field bg-del text-xs">
                    <span class="text-err-text"><Icon name="circle-alert" small=true class="mt-px"/></span>
                    <span><b class="font-semibold">{short}</b>" "{rest}</span>
                </div>
            }
        })
    };
    let done = move || {
        map.with(done).map(|text| {
            view! {
                <div role="status" class="flex gap-2 px-2.5 py-2 mb-4 rounded-field bg-add text-xs">
                    <span class="text-ok-text"><Icon name="check" small=true class="mt-px"/></span>
                    <span>{text}</span>
                </div>
            }
        })
    };
    view! { {problem} {done} }.into_any()
}
