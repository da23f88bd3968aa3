//! Texts folded for comparing, the words of a query, and long texts by the words in them.

use std::collections::HashMap;

use memchr::memmem::Finder;

use super::holders::Holders;
use crate::query::bitmap::Bitmap;

/// Bytes of a word that are looked at: nobody types more.
const MAX_WORD: usize = 64;

/// As it is compared: without regard to case.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// The words of a query, each once.
pub(super) fn wanted(text: &str) -> Vec<String> {
    let mut words: Vec<String> = folded(text).split_whitespace().map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Long texts that runs share, each under a number, by the words in them.
#[derive(Default)]
pub(super) struct Texts {
    numbers: HashMap<String, u32>,
    holders: Vec<Holders>,
    /// In which texts each word is, ascending.
    words: HashMap<Box<str>, Vec<u32>>,
}

impl Texts {
    /// The number of a text that is known by `key`; its words are taken when it is new.
    pub(super) fn number(&mut self, key: &str, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(key) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(key.to_owned(), number);
        self.holders.push(Holders::default());
        let is_between =
            |letter: char| !letter.is_alphanumeric() && !matches!(letter, '.' | '_' | '-');
        for word in folded(text).split(is_between) {
            if word.is_empty() || word.len() > MAX_WORD {
                continue;
            }
            match self.words.get_mut(word) {
                Some(texts) if texts.last() == Some(&number) => {}
                Some(texts) => texts.push(number),
                None => drop(self.words.insert(word.into(), vec![number])),
            }
        }
        number
    }

    pub(super) fn holders(&mut self, number: u32) -> &mut Holders {
        &mut self.holders[number as usize]
    }

    /// Marks the runs with a text that has this word in it.
    pub(super) fn mark(&self, word: &Finder<'_>, has: &mut Bitmap) {
        let mut marked = Bitmap::none(self.holders.len());
        for (known, texts) in &self.words {
            if word.find(known.as_bytes()).is_some() {
                texts.iter().for_each(|text| marked.set(*text as usize));
            }
        }
        marked.iter().for_each(|text| self.holders[text].mark(has));
    }
}
