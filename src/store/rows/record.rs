//! `record!` declares a record that the store returns, once: its fields, how each is read, from which columns, and for which
//! fields of the API each column is read. Each noun of the store declares its own. A claim is a [`domain::claim::Claim`], and
//! read by `store::claims`.

/// Declares a record, which is read from columns of one table.
///
/// `pub at: Timestamp = time(At read_for ["at"])` is a field that [`Cells::time`](super::Cells::time) reads from the column
/// `at`, for the API's field `at`. A column without a note is always read. `always ["id"]` is, too, and answers the API's field
/// `id`. The columns are read in the order of the fields.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident of $entity:ident {
            $(
                $(#[$doc:meta])*
                pub $field:ident: $type:ty = $read:ident($($column:ident $($need:ident $answers:tt)?),+),
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl $crate::store::rows::Record for $name {
            type Entity = entity::$entity::Entity;

            const COLUMNS: &'static [$crate::store::rows::Read<entity::$entity::Column>] =
                &[$($($crate::store::rows::read_column!($entity $column $($need $answers)?),)+)*];

            fn read(cells: &mut $crate::store::rows::Cells<'_>) -> Result<Self, $crate::store::StoreError> {
                Ok(Self { $($field: cells.$read()?,)* })
            }
        }
    };
}

/// A column of a [`record!`].
macro_rules! read_column {
    ($entity:ident $column:ident) => {
        $crate::store::rows::always(entity::$entity::Column::$column, &[])
    };
    ($entity:ident $column:ident $need:ident $answers:tt) => {
        $crate::store::rows::$need(entity::$entity::Column::$column, &$answers)
    };
}

pub(in crate::store) use {read_column, record};
