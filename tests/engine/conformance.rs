//! Every backend passes the one suite.

mod memory {
    holdfast::conformance_suite!(crate::support::memory);
}

mod sqlite {
    holdfast::conformance_suite!(crate::support::sqlite);
}

mod postgres {
    holdfast::conformance_suite!(crate::support::postgres);
}

mod redis {
    holdfast::conformance_suite!(crate::support::redis);
}
