//! What an index is asked: terms that every candidate has, or must not have.

use super::terms::{Terms, WORD_BYTES};
use crate::{
    State,
    search::{
        Ask,
        filter::{Filter, Test},
        path::{Path, Root},
        scalar::{Leaf, Scalar},
    },
};

/// Which candidates a query has.
#[derive(Debug)]
pub(in crate::backend) struct Plan<'a> {
    /// Of each of these one at least.
    all: Vec<Vec<Sign<'a>>>,
    none: Vec<Sign<'a>>,
    /// Whether there are conditions, or words, of which the terms do not say everything.
    has_rough_filters: bool,
    has_rough_words: bool,
}

/// What a state has a term for.
#[derive(Debug)]
enum Sign<'a> {
    Value(String, Leaf<'a>),
    There(String),
    Word(&'a str),
    Prefix(&'a str),
}

/// How a database writes an expression over terms. Terms are letters and digits, so none needs to
/// be escaped.
#[derive(Debug)]
pub(in crate::backend) struct Dialect {
    pub(in crate::backend) quote: char,
    pub(in crate::backend) prefix: &'static str,
    pub(in crate::backend) and: &'static str,
    pub(in crate::backend) or: &'static str,
    pub(in crate::backend) and_not: &'static str,
}

impl<'a> Plan<'a> {
    pub(in crate::backend) fn of(ask: &'a Ask) -> Self {
        let mut plan = Self {
            all: Vec::new(),
            none: Vec::new(),
            has_rough_filters: false,
            has_rough_words: false,
        };
        ask.filters.iter().for_each(|filter| plan.filter(filter));
        let whole = ask.wanted.whole.iter().map(|word| Sign::Word(word));
        let prefix = ask.wanted.prefix.iter().map(|prefix| Sign::Prefix(prefix));
        plan.all.extend(whole.chain(prefix).map(|word| vec![word]));
        // The term of a longer word is that of others too.
        let words = ask.wanted.whole.iter().chain(&ask.wanted.prefix);
        plan.has_rough_words = words.into_iter().any(|word| word.len() >= WORD_BYTES);
        plan
    }

    fn filter(&mut self, filter: &'a Filter) {
        let root = filter.path.root();
        let has_terms = matches!(root, Root::Id | Root::Kind | Root::Name | Root::Status);
        let is_open = matches!(root, Root::Data | Root::Metadata);
        if !has_terms && !is_open {
            self.has_rough_filters = true;
            return;
        }
        let path = || filter.path.to_string();
        let value = |value: &'a Scalar| Sign::Value(path(), value.as_leaf());
        match &filter.test {
            Test::Is(is) => self.all.push(vec![value(is)]),
            Test::IsNot(is_not) => self.none.push(value(is_not)),
            Test::In(values) => self.all.push(values.iter().map(value).collect()),
            Test::Exists | Test::Compares(..) | Test::Prefix(_) | Test::Contains(_) => {
                if is_open {
                    self.all.push(vec![Sign::There(path())]);
                }
                self.has_rough_filters |= filter.test != Test::Exists;
            }
        }
    }

    /// Whether every candidate matches whose terms are known.
    pub(super) fn is_exact(&self) -> bool {
        !self.has_rough_filters && !self.has_rough_words
    }

    /// Whether a candidate whose terms are known matches. Its words are only looked at where they are
    /// not known already: that takes longest.
    pub(super) fn is_completed_by(&self, ask: &Ask, state: &State) -> bool {
        ask.is_alive(state)
            && ask.filters.iter().all(|filter| filter.matches(state))
            && (!self.has_rough_words || ask.wanted.matches(state))
    }

    /// The kind that is asked for, where one condition or word beside it says which states of it.
    pub(in crate::backend) fn kind_beside_one(&self) -> Option<&'a str> {
        let mut kinds = self.all.iter().filter_map(|signs| kind_of(signs));
        let kind = kinds.next()?;
        let is_beside_one = kinds.next().is_none() && self.all.len() == 2 && self.none.is_empty();
        is_beside_one.then_some(kind)
    }

    /// The expression that is true for every candidate with these terms.
    pub(in crate::backend) fn expression(&self, terms: &Terms, dialect: &Dialect) -> String {
        self.expression_of(self.all.iter(), terms, dialect)
    }

    /// The same, of whatever kind.
    pub(in crate::backend) fn expression_of_any_kind(
        &self,
        terms: &Terms,
        dialect: &Dialect,
    ) -> String {
        let others = self.all.iter().filter(|signs| kind_of(signs).is_none());
        self.expression_of(others, terms, dialect)
    }

    fn expression_of<'b>(
        &'b self,
        all: impl Iterator<Item = &'b Vec<Sign<'a>>>,
        terms: &Terms,
        dialect: &Dialect,
    ) -> String
    where
        'a: 'b,
    {
        let quote = |term: String| format!("{0}{term}{0}", dialect.quote);
        let any = |signs: &[Sign<'_>]| {
            let terms = signs.iter().map(|sign| match sign {
                Sign::Value(path, leaf) => quote(terms.value(path, *leaf)),
                Sign::There(path) => quote(terms.there(path)),
                Sign::Word(word) => quote(terms.word(word)),
                Sign::Prefix(prefix) => quote(terms.word(prefix)) + dialect.prefix,
            });
            format!("({})", terms.collect::<Vec<_>>().join(dialect.or))
        };
        let mut all: Vec<String> = all.map(|signs| any(signs)).collect();
        if all.is_empty() {
            all.push(quote(terms.any()));
        }
        let mut sure = format!("({})", all.join(dialect.and));
        if !self.none.is_empty() {
            sure = format!("({sure}{}{})", dialect.and_not, any(&self.none));
        }
        format!("({sure}{}{})", dialect.or, quote(terms.wide()))
    }
}

/// The kind that these signs are of, if they are that.
fn kind_of<'a>(signs: &[Sign<'a>]) -> Option<&'a str> {
    match signs {
        [Sign::Value(path, Leaf::Text(kind))] if *path == Path::KIND.to_string() => Some(*kind),
        _ => None,
    }
}
