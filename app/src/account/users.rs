//! For administrators: everybody who has an account, their roles, and the way in for more.

use leptos::{prelude::*, task::spawn_local};

use super::{
    me::{colour, initials},
    roles::Roles,
    server::{
        UserRow, change_role, change_tenant, end_logins_of, invite, make_tenant, remove_factor,
        suspend_user,
    },
};
use crate::{
    AppError,
    components::{icon::Icon, toasts::use_toasts},
    people::{Role, Tenant},
};

/// The region.
#[component]
pub(super) fn Users(
    users: Signal<Vec<UserRow>>,
    /// For administrators of the whole server: all tenants.
    tenants: Memo<Option<Vec<Tenant>>>,
    reload: Callback<()>,
) -> impl IntoView {
    let has_tenants = Memo::new(move |_| tenants.with(Option::is_some));
    view! {
        <section class="border-t border-line mt-1" aria-label="Users and roles">
            <div class="min-h-10 flex flex-wrap items-center gap-2 px-4 py-1">
                <h2 class="font-semibold">"Users and roles"</h2>
                <span class="hf-chip">"administrators only"</span>
                <span class="flex-1"></span>
                <Invite tenants/>
                <Show when=move || has_tenants.get()><NewTenant reload/></Show>
            </div>
            <div class="overflow-x-auto" tabindex="0" role="group" aria-label="Users">
                <table class="hf-grid tall">
                    <thead>
                        <tr>
                            <th scope="col" class="pl-4!">"Person"</th>
                            <th scope="col">"Role"</th>
                            <Show when=move || has_tenants.get()><th scope="col">"Tenant"</th></Show>
                            <th scope="col">"Status"</th>
                            <th scope="col" class="pr-4!"><span class="sr-only">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || users.get() key=|user| user.clone() let:user><Row user tenants reload/></For>
                    </tbody>
                </table>
            </div>
            <Roles/>
        </section>
    }
    .into_any()
}

#[component]
fn Row(user: UserRow, tenants: Memo<Option<Vec<Tenant>>>, reload: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let UserRow {
        id,
        name,
        email,
        role,
        tenant,
        is_active,
        has_factor,
        version,
        is_me,
    } = user;
    let id = StoredValue::new(id);
    let told = move |outcome: Result<(), AppError>, well: &str| {
        match outcome {
            Ok(()) => toasts.say(well),
            Err(AppError::Conflict { .. }) => {
                toasts.error("Somebody else changed this account first. Look again.")
            }
            Err(error) => toasts.error(error.to_string()),
        }
        reload.run(());
    };
    let change = move |event| {
        let Some(role) = Role::of(&event_target_value(&event)) else {
            return;
        };
        spawn_local(async move {
            let outcome = change_role(id.get_value(), role, version).await;
            told(outcome, "Changed. It holds at once, on open pages too.");
        });
    };
    let suspend = move |_| {
        spawn_local(async move {
            let outcome = suspend_user(id.get_value(), is_active, version).await;
            told(
                outcome,
                if is_active {
                    "Suspended, and logged out everywhere."
                } else {
                    "In use again."
                },
            );
        });
    };
    let end = move |_| {
        spawn_local(async move {
            let outcome = end_logins_of(id.get_value()).await.map(drop);
            told(outcome, "Logged out everywhere.");
        });
    };
    let remove = move |_| {
        spawn_local(async move {
            let outcome = remove_factor(id.get_value(), version).await;
            told(
                outcome,
                "Removed, and logged out everywhere. They log in with the password alone.",
            );
        });
    };
    let move_to = move |event| {
        let to = event_target_value(&event);
        spawn_local(async move {
            let outcome = change_tenant(id.get_value(), to, version).await;
            told(
                outcome,
                "Moved. What they shared with the others is taken back.",
            );
        });
    };
    let tenant_of = format!("Tenant of {name}");
    let post = move || {
        tenants.get().map(|all| {
            let options = options_of(all, &tenant);
            view! { <td><select class="select select-xs max-md:select-sm w-28" aria-label=tenant_of.clone() on:change=move_to>{options}</select></td> }
        })
    };
    let options = Role::ALL.map(|one| {
        view! { <option value=one.word() selected=one == role>{one.word()}</option> }
    });
    let style = format!("background:{}", id.with_value(|id| colour(id)));
    let dot = if is_active {
        "background:var(--hf-ok-text)"
    } else {
        "background:var(--hf-warn-text)"
    };
    let labels = [
        "Role of",
        "Suspend",
        "Resume",
        "Log out",
        "Remove the second factor of",
    ];
    let labels = labels.map(|what| format!("{what} {name}"));
    let [role_of, suspend_whom, resume_whom, log_out_whom, remove_of] = labels;
    let suspend_label = if is_active { suspend_whom } else { resume_whom };
    view! {
        <tr>
            <td class="pl-4!">
                <span class="inline-flex items-center gap-2">
                    <span class="hf-av size-5! text-[0.5625rem]!" style=style aria-hidden="true">{initials(&name)}</span>
                    <span class="font-medium">{name}</span>
                    <span class="text-muted">{email}</span>
                    {is_me.then(|| view! { <span class="hf-chip hf-chip-on">"you"</span> })}
                </span>
            </td>
            <td>
                <select class="select select-xs max-md:select-sm w-28" aria-label=role_of on:change=change>{options}</select>
            </td>
            {post}
            <td>
                <span class="inline-flex items-center gap-1.5"><i class="hf-dot" style=dot></i>{if is_active { "active" } else { "suspended" }}</span>
                {has_factor.then(|| view! { <span class="hf-chip ml-2">"second factor"</span> })}
            </td>
            <td class="text-right pr-4!">
                {(!is_me).then(|| view! {
                    <span class="inline-flex gap-1">
                        {has_factor.then(|| view! { <button class="btn btn-xs max-md:btn-sm" aria-label=remove_of on:click=remove>"Remove factor"</button> })}
                        <button class="btn btn-xs max-md:btn-sm" aria-label=log_out_whom on:click=end>"Log out"</button>
                        <button class="btn btn-xs max-md:btn-sm" aria-label=suspend_label on:click=suspend>{if is_active { "Suspend" } else { "Resume" }}</button>
                    </span>
                })}
            </td>
        </tr>
    }
    .into_any()
}

fn options_of(all: Vec<Tenant>, chosen: &Tenant) -> AnyView {
    let options = all.into_iter().map(|one| {
        let is_chosen = one == *chosen;
        let name = String::from(one);
        view! { <option value=name.clone() selected=is_chosen>{name.clone()}</option> }
    });
    options.collect_view().into_any()
}

/// Makes an organisation; then people can be put into it and invited.
#[component]
fn NewTenant(reload: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let name = RwSignal::new(String::new());
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            match make_tenant(name.get_untracked()).await {
                Ok(()) => {
                    name.set(String::new());
                    toasts.say("Made. Put people into it, or invite them.");
                }
                Err(error) => toasts.error(error.to_string()),
            }
            reload.run(());
        });
    };
    view! {
        <form class="flex gap-1" aria-label="New tenant" on:submit=make>
            <input class="input input-xs max-md:input-sm w-32" placeholder="New tenant" aria-label="Name of the new tenant" maxlength="40" required prop:value=move || name.get() on:input=move |event| name.set(event_target_value(&event))/>
            <button class="btn btn-xs max-md:btn-sm">"Make"</button>
        </form>
    }
    .into_any()
}

/// A link for somebody new, shown once.
#[component]
fn Invite(tenants: Memo<Option<Vec<Tenant>>>) -> impl IntoView {
    let toasts = use_toasts();
    let role = RwSignal::new(Role::Analyst);
    let tenant = RwSignal::new(None::<String>);
    let link = RwSignal::new(None::<String>);
    let into = move |event| tenant.set(Some(event_target_value(&event)));
    // Where there is one only there is nothing to choose.
    let choice = move || {
        let all = tenants.get().filter(|all| all.len() > 1)?;
        let options = options_of(all, &Tenant::default());
        Some(
            view! { <select class="select select-xs max-md:select-sm w-28" aria-label="Tenant of the invitation" on:change=into>{options}</select> },
        )
    };
    let choose = move |event| {
        if let Some(chosen) = Role::of(&event_target_value(&event)) {
            role.set(chosen);
        }
    };
    let make = move |_| {
        spawn_local(async move {
            match invite(role.get_untracked(), tenant.get_untracked()).await {
                Ok(path) => {
                    let origin = window().location().origin().unwrap_or_default();
                    link.set(Some(format!("{origin}{path}")));
                }
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    let options = Role::ALL.map(|one| {
        view! { <option value=one.word() selected=one == Role::Analyst>{one.word()}</option> }
    });
    view! {
        <select class="select select-xs max-md:select-sm w-28" aria-label="Role of the invitation" on:change=choose>{options}</select>
        {choice}
        <button class="btn btn-xs max-md:btn-sm" on:click=make><Icon name="user-plus" small=true/>"Invite"</button>
        {move || link.get().map(|link| view! {
            <div class="basis-full rounded-box border border-line bg-chg p-3 my-1" role="status">
                <p class="text-xs">"Send this link to the person. It is good for 7 days, works once, and is not shown again."</p>
                <code class="block mt-1.5 font-mono text-xs break-all select-all" data-testid="invitation">{link}</code>
            </div>
        })}
    }
    .into_any()
}
