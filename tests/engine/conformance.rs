//! Every backend passes the one suite, alone, with a cache in front, and with a seal.

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

mod sealed_memory {
    holdfast::conformance_suite!(sealed: crate::support::sealed_memory);
}

mod sealed_sqlite {
    holdfast::conformance_suite!(sealed: crate::support::sealed_sqlite);
}

mod sealed_postgres {
    holdfast::conformance_suite!(sealed: crate::support::sealed_postgres);
}

mod sealed_redis {
    holdfast::conformance_suite!(sealed: crate::support::sealed_redis);
}

/// The same sentences for a cache in front of `$inner`.
macro_rules! cached {
    ($($module:ident: $inner:ident, $guard:ty;)*) => {
        $(mod $module {
            use crate::support;

            async fn fresh() -> ($guard, std::sync::Arc<dyn holdfast::backend::Backend>) {
                support::cached(support::$inner().await).await
            }
            holdfast::conformance_suite!(fresh);
        })*
    };
}

cached! {
    cache_over_memory: memory, tempfile::TempDir;
    cache_over_sqlite: sqlite, tempfile::TempDir;
    cache_over_postgres: postgres, std::sync::Arc<support::postgres_server::PostgresServer>;
    cache_over_redis: redis, support::redis_server::RedisServer;
}

mod cache_over_sealed {
    use crate::support;

    async fn fresh() -> (
        tempfile::TempDir,
        std::sync::Arc<dyn holdfast::backend::Backend>,
    ) {
        support::cached(support::sealed_sqlite().await).await
    }
    holdfast::conformance_suite!(sealed: fresh);
}
