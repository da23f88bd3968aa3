//! What people and programs ask in a soak, and how often each.

use std::sync::Arc;

use crate::{
    fill::{GROUPS, WORDS},
    random::Random,
    request::Access,
    scenarios::{list, page, reads, search, writes},
};

/// Of 100 requests so many change something, look for a field, look for a word, open a page; the others read.
const WRITES: usize = 12;
const LISTS: usize = 5;
const SEARCHES: usize = 4;
const PAGES: usize = 2;
/// Pages that are opened.
const PATHS: [&str; 5] = ["/", "/data", "/states", "/simulations", "/configurations"];

/// Requests that are the same for all clients.
#[derive(Debug)]
pub struct Mix {
    access: Access,
    states: usize,
    reads: Arc<[Vec<u8>]>,
    lists: Vec<Vec<u8>>,
    searches: Vec<Vec<u8>>,
    pages: Vec<Vec<u8>>,
}

/// `access` is a program, `browser` somebody with pages.
pub fn prepared(access: &Access, browser: &Access, states: usize) -> Arc<Mix> {
    Arc::new(Mix {
        access: access.clone(),
        states,
        reads: reads::prepared(access, states),
        lists: (0..GROUPS)
            .map(|group| list::request(access, group))
            .collect(),
        searches: (0..WORDS)
            .map(|word| search::request(access, word))
            .collect(),
        pages: PATHS
            .iter()
            .map(|path| page::request(browser, path))
            .collect(),
    })
}

/// One of the clients.
pub fn client(
    mix: &Arc<Mix>,
    client: usize,
    clients: usize,
) -> impl FnMut(&mut Vec<u8>) + Send + use<> {
    let (mix, mut random) = (Arc::clone(mix), Random::of(client));
    let mut write = writes::writer(&mix.access, "PATCH", mix.states, client, clients);
    move |request| {
        let mut chance = random.below(100);
        let mut is_one_of = |share: usize| {
            let is_it = chance < share;
            chance = chance.saturating_sub(share);
            is_it
        };
        if is_one_of(WRITES) {
            return write(request);
        }
        let kind = match (is_one_of(LISTS), is_one_of(SEARCHES), is_one_of(PAGES)) {
            (true, _, _) => &mix.lists,
            (_, true, _) => &mix.searches,
            (_, _, true) => &mix.pages,
            _ => return copied(&mix.reads, &mut random, request),
        };
        copied(kind, &mut random, request);
    }
}

fn copied(of: &[Vec<u8>], random: &mut Random, request: &mut Vec<u8>) {
    request.clear();
    if let Some(one) = of.get(random.below(of.len())) {
        request.extend_from_slice(one);
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    #[test]
    fn each_kind_of_request_comes_as_often_as_it_should() {
        let access = Access::nobody(SocketAddr::from(([127, 0, 0, 1], 80)));
        let mut next = client(&prepared(&access, &access, 100), 3, 4);
        let (mut request, mut counts) = (Vec::new(), [0_usize; 5]);
        for _ in 0..10_000 {
            next(&mut request);
            let text = String::from_utf8_lossy(&request);
            let kind = match &*text {
                text if text.starts_with("PATCH /api/v1/states/note-") => 0,
                text if text.contains("q=data.group") => 1,
                text if text.contains("&q=") => 2,
                text if text.starts_with("GET /api/v1/states/note-") => 4,
                _ => 3,
            };
            counts[kind] += 1;
        }
        for (count, share) in counts.into_iter().zip([WRITES, LISTS, SEARCHES, PAGES]) {
            assert!(count.abs_diff(share * 100) < 30 + share * 20, "{counts:?}");
        }
        assert!(counts[4] > 7_000, "{counts:?}");
    }
}
