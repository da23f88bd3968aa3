#![expect(clippy::unwrap_used, reason = "a test may panic")]

use workbench::data::{CategoryCount, ColumnInfo, ColumnType, SourceFormat, TableInfo};

use super::*;

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn column(name: &str, column_type: ColumnType) -> ColumnInfo {
    ColumnInfo {
        name: name.into(),
        column_type,
        is_numeric: column_type.is_numeric(),
        missing: 0,
        distinct: 2,
        range: None,
        dates: None,
        categories: vec![CategoryCount {
            value: "f".into(),
            count: 3,
        }],
        decimals: 0,
        sketch: Vec::new(),
    }
}

fn study() -> StudyView {
    let table = |name: &str, columns| TableInfo {
        id: name.into(),
        name: name.into(),
        file_name: format!("{name}.csv"),
        format: SourceFormat::Csv,
        bytes: 1,
        rows: 3,
        columns,
        checksum: String::new(),
        is_sample: false,
        notes: Vec::new(),
        imported_at: 0,
    };
    StudyView {
        tables: vec![
            table(
                "patients",
                vec![
                    column("id", ColumnType::Integer),
                    column("sex", ColumnType::Category),
                ],
            ),
            table(
                "labs",
                vec![
                    column("bili", ColumnType::Number),
                    column("a.b", ColumnType::Number),
                    column("taken", ColumnType::Date),
                    column("note", ColumnType::Text),
                ],
            ),
        ],
        ..StudyView::default()
    }
}

fn card(id: &str, rule: CardRule) -> FilterCard {
    FilterCard {
        id: id.into(),
        table: "labs".into(),
        column: "bili".into(),
        rule,
        enabled: true,
    }
}

#[test]
fn the_rail_becomes_filters_with_open_ends_where_a_field_is_empty() {
    let form = fields(&[
        ("rail", "1"),
        ("age_min", "40,5"),
        ("age_max", ""),
        ("sex", "f"),
        ("visits", "1"),
        ("visits", "2"),
    ]);
    let filters = filters(&form, CohortFilters::default(), &study()).unwrap();
    assert_eq!(
        filters.age,
        Some(Range {
            min: Some(40.5),
            max: None
        })
    );
    assert_eq!(filters.sex, ["f"]);
    assert_eq!(filters.visits, ["1", "2"]);
}

#[test]
fn an_empty_rail_takes_everybody_and_an_absent_one_changes_nothing() {
    let before = CohortFilters {
        sex: vec!["f".into()],
        age: Some(Range::default()),
        ..CohortFilters::default()
    };
    let emptied = filters(
        &fields(&[("rail", "1"), ("age_min", ""), ("age_max", "")]),
        before.clone(),
        &study(),
    )
    .unwrap();
    assert_eq!(emptied, CohortFilters::default());
    assert_eq!(filters(&[], before.clone(), &study()).unwrap(), before);
}

#[test]
fn a_number_that_is_none_names_its_field() {
    for text in ["forty", "NaN", "inf", "1e999"] {
        let form = fields(&[("rail", "1"), ("age_max", text)]);
        let error = filters(&form, CohortFilters::default(), &study()).unwrap_err();
        assert!(
            matches!(error, AppError::Invalid { path, .. } if path == "age_max"),
            "{text}"
        );
    }
}

#[test]
fn cards_on_the_page_follow_their_fields_and_others_stay() {
    let categories = CardRule::Categories {
        values: vec!["1".into()],
    };
    let before = CohortFilters {
        cards: vec![
            card("a", CardRule::Range(Range::default())),
            card("b", categories.clone()),
            card("c", categories),
        ],
        ..CohortFilters::default()
    };
    let form = fields(&[
        ("card", "a"),
        ("card_a_min", "2"),
        ("card", "b"),
        ("card_b_enabled", "on"),
        ("card_b_values", "3"),
        ("card_b_values", "4"),
    ]);
    let after = filters(&form, before.clone(), &study()).unwrap();
    assert!(!after.cards[0].enabled);
    assert_eq!(
        after.cards[0].rule,
        CardRule::Range(Range {
            min: Some(2.0),
            max: None
        })
    );
    assert!(after.cards[1].enabled);
    assert_eq!(
        after.cards[1].rule,
        CardRule::Categories {
            values: vec!["3".into(), "4".into()]
        }
    );
    assert_eq!(after.cards[2], before.cards[2]);
}

#[test]
fn a_card_on_dates_follows_its_fields_and_a_date_that_is_none_names_its_field() {
    let added = filters(
        &fields(&[("new_card", "labs.taken")]),
        CohortFilters::default(),
        &study(),
    )
    .unwrap();
    assert_eq!(added.cards[0].rule, CardRule::Dates(DateRange::default()));
    let sent = |from: &str| {
        let form = fields(&[
            ("card", "form1"),
            ("card_form1_from", from),
            ("card_form1_to", ""),
        ]);
        filters(&form, added.clone(), &study())
    };
    let from = "2024-03-15".parse::<Day>().ok();
    assert_eq!(
        sent("2024-03-15").unwrap().cards[0].rule,
        CardRule::Dates(DateRange { from, to: None })
    );
    for text in ["15.03.2024", "2024-02-30", "soon"] {
        let error = sent(text).unwrap_err();
        assert!(
            matches!(error, AppError::Invalid { path, .. } if path == "card_form1_from"),
            "{text}"
        );
    }
}

#[test]
fn a_card_on_text_follows_its_fields_and_an_empty_one_asks_for_nothing() {
    let added = filters(
        &fields(&[("new_card", "labs.note")]),
        CohortFilters::default(),
        &study(),
    )
    .unwrap();
    assert_eq!(added.cards[0].rule, CardRule::Text(TextRule::default()));
    let sent = |contains: &str, without: &str| {
        let form = fields(&[
            ("card", "form1"),
            ("card_form1_contains", contains),
            ("card_form1_without", without),
        ]);
        let after = filters(&form, added.clone(), &study()).unwrap();
        after.cards[0].rule.clone()
    };
    assert_eq!(
        sent(" mild oedema ", ""),
        CardRule::Text(TextRule {
            contains: "mild oedema".into(),
            without: String::new(),
        })
    );
    assert_eq!(
        sent("", "mild"),
        CardRule::Text(TextRule {
            contains: String::new(),
            without: "mild".into(),
        })
    );
    assert_eq!(sent("", " "), CardRule::Text(TextRule::default()));
}

#[test]
fn a_card_can_be_added_and_removed() {
    let form = fields(&[("new_card", "labs.bili")]);
    let added = filters(&form, CohortFilters::default(), &study()).unwrap();
    assert_eq!(added.cards[0].rule, CardRule::Range(Range::default()));
    let again = filters(&fields(&[("new_card", "patients.sex")]), added, &study()).unwrap();
    assert_eq!(
        again.cards[1].rule,
        CardRule::Categories {
            values: vec!["f".into()]
        }
    );
    assert_ne!(again.cards[0].id, again.cards[1].id);
    let id = again.cards[0].id.clone();
    let form = fields(&[("card", &id), (&format!("card_{id}_remove"), "on")]);
    assert_eq!(filters(&form, again, &study()).unwrap().cards.len(), 1);
    assert!(
        filters(
            &fields(&[("new_card", "labs.none")]),
            CohortFilters::default(),
            &study()
        )
        .is_err()
    );
}

#[test]
fn ticked_columns_are_taken_also_with_dots_in_their_names_and_unknown_ones_left_out() {
    let form = fields(&[
        ("chooser", "1"),
        ("take", "labs.bili"),
        ("take", "labs.a.b"),
        ("take", "gone.x"),
    ]);
    let chosen = selection(&form, &study()).unwrap();
    assert_eq!(chosen.tables.len(), 1);
    assert_eq!(chosen.tables["labs"], ["bili", "a.b"]);
    assert_eq!(selection(&fields(&[("take", "labs.bili")]), &study()), None);
}
