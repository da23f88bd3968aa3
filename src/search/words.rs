//! What a word is, for searching by text: the same on every backend, because they are fed words.
//!
//! A word is a run of letters and digits. Case does not count, nor do the accents of Latin letters:
//! `Grüße` and `GRUSSE` are one word. Each Chinese or Japanese letter is a word of its own, because
//! these are written without blanks. The words of a state are those of its name and of all texts in
//! its data and metadata; the names of fields and numbers are not among them.

use serde_json::Value;

use super::veil::Veil;
use crate::State;

/// From this length in letters on, the last word asked for also finds words that begin with it. The
/// beginnings of one or two letters find nearly everything, slowly.
const PREFIX_LETTERS: usize = 3;

/// The words that a state must have, all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) whole: Vec<String>,
    /// The last word, when it is long enough to stand for words that begin with it.
    pub(crate) prefix: Option<String>,
}

impl Wanted {
    /// What a person asks for who writes this. Text without a word asks for nothing.
    pub(crate) fn of(text: &str) -> Self {
        let mut whole: Vec<String> = Vec::new();
        each(text, &mut |word| whole.push(word.to_owned()));
        let prefix = whole.pop_if(|last| last.chars().count() >= PREFIX_LETTERS);
        whole.sort_unstable();
        whole.dedup();
        Self { whole, prefix }
    }

    pub(crate) fn len(&self) -> usize {
        self.whole.len() + usize::from(self.prefix.is_some())
    }

    /// Whether the state has them all.
    pub(crate) fn matches(&self, state: &State) -> bool {
        if self.len() == 0 {
            return true;
        }
        let mut missing: Vec<&str> = self.whole.iter().map(String::as_str).collect();
        let mut prefix = self.prefix.as_deref();
        each_text(state, &mut |text| {
            if missing.is_empty() && prefix.is_none() {
                return;
            }
            each(text, &mut |word| {
                missing.retain(|wanted| *wanted != word);
                prefix = prefix.filter(|prefix| !word.starts_with(prefix));
            });
        });
        missing.is_empty() && prefix.is_none()
    }
}

/// Gives each text of a state in which words are looked for.
pub(crate) fn each_text(state: &State, found: &mut dyn FnMut(&str)) {
    found(&state.name);
    each_string(&Veil::of(state), &state.data, found);
    each_string(&Veil::default(), &state.metadata, found);
}

fn each_string(veil: &Veil<'_>, value: &Value, found: &mut dyn FnMut(&str)) {
    match value {
        _ if veil.hides(value) => {}
        Value::String(text) => found(text),
        Value::Array(items) => items.iter().for_each(|item| each_string(veil, item, found)),
        Value::Object(fields) => fields
            .values()
            .for_each(|field| each_string(veil, field, found)),
        _ => {}
    }
}

/// Gives each word of a text.
pub(crate) fn each(text: &str, found: &mut dyn FnMut(&str)) {
    let mut word = String::new();
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            found(word);
            word.clear();
        }
    };
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            word.push(letter.to_ascii_lowercase());
        } else if letter.is_ascii() || is_alone(letter) {
            end(&mut word);
            if !letter.is_ascii() {
                word.push(letter);
                end(&mut word);
            }
        } else if letter.is_alphanumeric() {
            letter
                .to_lowercase()
                .for_each(|letter| fold(letter, &mut word));
        } else if !is_mark(letter) {
            end(&mut word);
        }
    }
    end(&mut word);
}

/// An accent that follows its letter.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Scripts without blanks: kana and Han.
fn is_alone(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        && letter.is_alphanumeric()
}

/// The lower-case letters of Latin-1 and Latin Extended-A, and what they are without accents.
const PLAIN: &str = "àáâãäåāăą=a çćĉċč=c ďđð=d èéêëēĕėęě=e ĝğġģ=g ĥħ=h ìíîïĩīĭįı=i ĵ=j ķĸ=k ĺļľŀł=l \
    ñńņňŉŋ=n òóôõöøōŏő=o ŕŗř=r śŝşšſ=s ţťŧ=t ùúûüũūŭůűų=u ŵ=w ýÿŷ=y źżž=z æ=ae œ=oe ß=ss þ=th ĳ=ij ς=σ";

fn fold(letter: char, word: &mut String) {
    if is_mark(letter) {
        return;
    }
    if letter > 'ſ' && letter != 'ς' {
        return word.push(letter);
    }
    let plain = PLAIN.split(' ').find_map(|row| {
        let (letters, plain) = row.split_once('=')?;
        letters.contains(letter).then_some(plain)
    });
    match plain {
        Some(plain) => word.push_str(plain),
        None => word.push(letter),
    }
}
