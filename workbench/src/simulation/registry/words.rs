//! Texts folded for comparing, and words that many texts share kept once.

use std::collections::HashMap;

/// Bytes of a word that are looked at: nobody types more.
const MAX_WORD: usize = 64;

/// As it is compared: without regard to case.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// The words of a query.
pub(super) fn wanted(text: &str) -> Vec<String> {
    folded(text).split_whitespace().map(str::to_owned).collect()
}

/// Values that many runs share, each under a number.
#[derive(Default)]
pub(super) struct Shared {
    numbers: HashMap<String, u32>,
    pub(super) values: Vec<String>,
    folded: Vec<String>,
}

impl Shared {
    pub(super) fn number(&mut self, value: &str) -> u32 {
        if let Some(number) = self.numbers.get(value) {
            return *number;
        }
        let number = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.numbers.insert(value.to_owned(), number);
        self.values.push(value.to_owned());
        self.folded.push(folded(value));
        number
    }

    pub(super) fn known(&self, value: &str) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    /// Of each value, whether it has this word in it.
    pub(super) fn with_word(&self, word: &str) -> Vec<bool> {
        let has = self.folded.iter().map(|text| text.contains(word));
        has.collect()
    }
}

/// Long texts, each under a number, by the words in them.
#[derive(Default)]
pub(super) struct Texts {
    numbers: HashMap<String, u32>,
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

    /// Of each text, whether it has this word in it.
    pub(super) fn with_word(&self, word: &str) -> Vec<bool> {
        let mut has = vec![false; self.numbers.len()];
        for (known, texts) in &self.words {
            if known.contains(word) {
                texts.iter().for_each(|text| has[*text as usize] = true);
            }
        }
        has
    }
}
