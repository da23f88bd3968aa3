//! Cards of a file: those whose column is here, with those of their values that the column has.

use super::{
    super::read::{Placed, short},
    Check,
};
use crate::{
    Error,
    query::{CardRule, FilterCard},
};

impl Check<'_> {
    pub(super) fn cards(
        &mut self,
        asked: Vec<Placed<FilterCard>>,
    ) -> Result<Vec<FilterCard>, Error> {
        let mut cards = Vec::with_capacity(asked.len());
        for Placed { line, value } in asked {
            let what = format!("card {}.{}", value.table, value.column);
            let card = self.known_values(line, &what, value)?;
            let Some(card) = card else { continue };
            match self.bench.card(self.study, self.index, &card)? {
                Ok(_) => cards.push(card),
                Err(why) => self.left_out.add(line, &what, &why),
            }
        }
        Ok(cards)
    }

    /// The card with those of its values that the column has; none if there is none left.
    fn known_values(
        &mut self,
        line: u64,
        what: &str,
        mut card: FilterCard,
    ) -> Result<Option<FilterCard>, Error> {
        let CardRule::Categories { values } = &mut card.rule else {
            return Ok(Some(card));
        };
        let table = self.study.table(&card.table);
        let column = table.and_then(|table| Some((table, table.column(&card.column)?)));
        let Some((table, column)) = column.filter(|_| !values.is_empty()) else {
            return Ok(Some(card));
        };
        let found = self.bench.dictionary(table, &column.name)?.has(values);
        for (value, _) in values.iter().zip(&found).filter(|(_, found)| !**found) {
            let what = format!("{} of {what}", short(value));
            self.left_out
                .add(line, &what, "the column has no such value");
        }
        let mut found = found.into_iter();
        values.retain(|_| found.next() == Some(true));
        if values.is_empty() {
            let why = "none of its values is in the data";
            self.left_out.add(line, what, why);
            return Ok(None);
        }
        Ok(Some(card))
    }
}
