//! The record of a product.

use domain::kinds::SolutionArea;
use uuid::Uuid;

use crate::store::rows::record;

record! {
    /// A product of the catalog (C1).
    pub struct Product of product {
        /// The SKU's id.
        pub sku_id: Uuid = get(SkuId always ["id", "skuId"]),
        /// The SKU's part number.
        pub sku_part_number: String = get(SkuPartNumber read_for ["skuPartNumber"]),
        /// The name.
        pub name: String = get(Name read_for ["name"]),
        /// The one solution area it belongs to.
        pub solution_area: SolutionArea = word(SolutionArea always ["solutionArea"]),
    }
}
