//! All backends pass the one suite.

mod memory {
    holdfast::conformance_suite!(crate::support::memory);
}

mod sqlite {
    holdfast::conformance_suite!(crate::support::sqlite);
}

mod redis {
    holdfast::conformance_suite!(crate::support::redis);
}
