//! Columns that hold values of the domain: how each kind of value is stored, and read back.
//!
//! `domain` knows no database, so the column types wrap its types. All four are stored as plain texts and numbers, which both
//! databases compare and sort alike. A stored value that the domain does not know makes the row unreadable: [`DbErr::Type`].

use std::{fmt::Display, str::FromStr};

use domain::time::Timestamp;
use sea_orm::{
    ColIdx, DbErr, QueryResult, TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, StringLen, ValueType, ValueTypeErr, postgres_array::NotU8},
};
use serde::{Serialize, de::DeserializeOwned};

/// A word of a vocabulary, stored as the API spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<T>(pub T);

/// Words of a vocabulary in the order given, stored with one space between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words<T>(pub Vec<T>);

/// An instant, stored as microseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Micros(pub Timestamp);

/// A structure, stored as JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json<T>(pub T);

/// A value as its column stores it.
trait Stored: Sized {
    /// What the column has: a text or a number.
    type Plain: TryGetable + ValueType + Nullable + Into<Value>;

    /// The stored form; NULL if there is none, which the columns of such values reject.
    fn store(self) -> Option<Self::Plain>;

    /// The value that was stored.
    fn restore(plain: Self::Plain) -> Option<Self>;
}

impl<T: Display + FromStr> Stored for Word<T> {
    type Plain = String;

    fn store(self) -> Option<String> {
        Some(self.0.to_string())
    }

    fn restore(plain: String) -> Option<Self> {
        plain.parse().ok().map(Self)
    }
}

impl<T: Display + FromStr> Stored for Words<T> {
    type Plain = String;

    fn store(self) -> Option<String> {
        Some(self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    }

    fn restore(plain: String) -> Option<Self> {
        plain.split_whitespace().map(|word| word.parse().ok()).collect::<Option<_>>().map(Self)
    }
}

impl Stored for Micros {
    type Plain = i64;

    fn store(self) -> Option<i64> {
        Some(self.0.micros())
    }

    fn restore(plain: i64) -> Option<Self> {
        Timestamp::from_micros(plain).ok().map(Self)
    }
}

impl<T: Serialize + DeserializeOwned> Stored for Json<T> {
    type Plain = String;

    fn store(self) -> Option<String> {
        serde_json::to_string(&self.0).ok()
    }

    fn restore(plain: String) -> Option<Self> {
        serde_json::from_str(&plain).ok().map(Self)
    }
}

/// A key is never a number that a database counted.
impl<T> TryFromU64 for Word<T> {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("Word"))
    }
}

/// What SeaORM asks of the type of a column, from [`Stored`].
macro_rules! column {
    ($type:ty, $array:ident, $column:expr $(, $param:ident: $($bound:path),+)?) => {
        impl$(<$param: $($bound +)+>)? From<$type> for Value {
            fn from(value: $type) -> Self {
                value.store().map_or_else(<$type as Nullable>::null, Into::into)
            }
        }

        impl$(<$param: $($bound +)+>)? TryGetable for $type {
            fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
                let plain = <<Self as Stored>::Plain as TryGetable>::try_get_by(row, column)?;
                let unknown = || DbErr::Type(format!("{column:?} is no {}", <Self as ValueType>::type_name()));
                Self::restore(plain).ok_or_else(|| unknown().into())
            }
        }

        impl$(<$param: $($bound +)+>)? ValueType for $type {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                let plain = <<Self as Stored>::Plain as ValueType>::try_from(value)?;
                Self::restore(plain).ok_or(ValueTypeErr)
            }

            fn type_name() -> String {
                std::any::type_name::<Self>().to_owned()
            }

            fn array_type() -> ArrayType {
                ArrayType::$array
            }

            fn column_type() -> ColumnType {
                $column
            }
        }

        impl$(<$param: $($bound +)+>)? Nullable for $type {
            fn null() -> Value {
                <<$type as Stored>::Plain as Nullable>::null()
            }
        }

        impl<$($param)?> NotU8 for $type {}
    };
}

column!(Word<T>, String, ColumnType::String(StringLen::None), T: Display, FromStr);
column!(Words<T>, String, ColumnType::String(StringLen::None), T: Display, FromStr);
column!(Json<T>, String, ColumnType::String(StringLen::None), T: Serialize, DeserializeOwned);
column!(Micros, BigInt, ColumnType::BigInteger);
