//! The page of who is logged in: who one is, and the regions below.

use leptos::prelude::*;

use super::{
    entry::Field,
    factor::SecondFactor,
    logins::Logins,
    me::use_me,
    server::{AccountView, get_account},
    tokens::Tokens,
    users::Users,
    words::Outcome,
};
use crate::components::{icon::Icon, live::Live};

/// The account. Asked for again when something of it was done, or the person's role is another.
#[component]
pub(super) fn Home() -> impl IntoView {
    let me = use_me().0;
    let asked = RwSignal::new(0_u32);
    let key = Memo::new(move |_| (me.get(), asked.get()));
    let account = Live::new(key, |_| get_account());
    let reload = Callback::new(move |()| asked.update(|asked| *asked += 1));
    view! {
        <section class="flex-1 min-w-0 min-h-0 overflow-auto bg-base-100" aria-label="Account">
            {account.show(move || view! { <Regions account reload/> }.into_any())}
        </section>
    }
    .into_any()
}

#[component]
fn Regions(account: Live<AccountView>, reload: Callback<()>) -> impl IntoView {
    let part = move |part: fn(AccountView) -> String| {
        Memo::new(move |_| account.good.get().map(part).unwrap_or_default())
    };
    let (name, email) = (part(|it| it.name), part(|it| it.email));
    let role = part(|it| it.role.to_string());
    let questions = Memo::new(move |_| {
        account
            .good
            .get()
            .map(|it| it.questions)
            .unwrap_or_default()
    });
    let logins = Signal::derive(move || account.good.get().map(|it| it.logins).unwrap_or_default());
    let tokens = Signal::derive(move || account.good.get().map(|it| it.tokens).unwrap_or_default());
    let factor = Memo::new(move |_| account.good.get().map(|it| it.factor).unwrap_or_default());
    // They come once, and stay on screen whatever is asked for anew.
    let codes = Memo::new(move |before: Option<&Vec<String>>| {
        let now = account.good.get().map(|it| it.codes).unwrap_or_default();
        match before {
            Some(before) if now.is_empty() => before.clone(),
            _ => now,
        }
    });
    let users = Memo::new(move |_| account.good.get().and_then(|it| it.users));
    let is_administrator = Memo::new(move |_| users.with(Option::is_some));
    let users = Signal::derive(move || users.get().unwrap_or_default());
    let tenants = Memo::new(move |_| account.good.get().and_then(|it| it.tenants));
    // Where there is one only, nobody needs to know of it.
    let tenant = Memo::new(move |_| {
        let of = account.good.get().map(|it| it.tenant);
        of.filter(|tenant| !tenant.is_first()).map(String::from)
    });
    view! {
        <div class="hf-bar h-auto! min-h-11 py-1.5 flex-wrap">
            <h1 class="hf-title">"Account"</h1>
            <span class="text-xs text-muted">{name}", "{email}</span>
            <span class="hf-chip" data-testid="role">{role}</span>
            {move || tenant.get().map(|tenant| view! { <span class="hf-chip" data-testid="tenant">{tenant}</span> })}
            <span class="flex-1"></span>
            <form method="post" action="/account/log-out">
                <button class="btn btn-sm btn-ghost"><Icon name="log-out" small=true/>"Log out"</button>
            </form>
        </div>
        <div class="px-4 pt-3 max-w-2xl"><Outcome/></div>
        <Show when=move || !questions.with(Vec::is_empty)><Brought questions/></Show>
        <Logins logins reload/>
        <SecondFactor factor codes/>
        <Tokens tokens reload/>
        <Password/>
        <Show when=move || is_administrator.get()><Users users tenants reload/></Show>
        <Show when=move || !is_administrator.get()><super::roles::Roles/></Show>
    }
    .into_any()
}

/// What both have and is not the same: a plain choice.
#[component]
fn Brought(questions: Memo<Vec<String>>) -> impl IntoView {
    let names = move || {
        let names = questions.get().into_iter();
        names.map(|name| view! { <li>{name}</li> }).collect_view()
    };
    view! {
        <form method="post" action="/account/bring" class="mx-4 my-3 p-4 rounded-box border border-line bg-chg max-w-2xl" aria-label="What this browser had">
            <p class="font-medium">"This browser had work of its own, and your account has the same parts with other content"</p>
            <ul class="list-disc pl-5 my-2 text-xs">{names}</ul>
            <p class="text-xs text-muted mb-3">"Everything else is in your account already. What is replaced stays in the history."</p>
            <div class="flex flex-wrap gap-2">
                <button class="btn btn-sm btn-primary" name="choice" value="keep">"Keep the account's"</button>
                <button class="btn btn-sm" name="choice" value="take">"Take this browser's"</button>
            </div>
        </form>
    }
    .into_any()
}

/// Another password.
#[component]
fn Password() -> impl IntoView {
    view! {
        <details class="border-t border-line mt-1">
            <summary class="h-10 flex items-center gap-2 px-4 cursor-pointer">
                <Icon name="lock-keyhole" small=true/>
                <h2 class="font-semibold">"Change password"</h2>
            </summary>
            <form method="post" action="/account/password" class="px-4 pb-4 max-w-90 flex flex-col gap-3">
                <Field name="current" label="Present password" kind="password" complete="current-password"/>
                <Field name="password" label="New password" kind="password" complete="new-password" note="At least 10 characters. Your other logins end."/>
                <div><button class="btn btn-sm btn-primary">"Change password"</button></div>
            </form>
        </details>
    }
    .into_any()
}
