//! The product.

use async_graphql::{Context, ID, InputObject, Object, parser::types::Field};
use uuid::Uuid;

use super::SolutionArea;
use crate::{
    graphql::{
        at_hand::{AtHand, Write, plain},
        error::ApiError,
        global_id::{self, Kind},
        loader::loads_by_id,
        page::{self, PageArgs, Total, connection},
        scalar,
    },
    store::products,
};

/// A product of the catalog.
#[derive(Clone, Debug)]
pub struct Product(pub products::Product);

impl From<products::Product> for Product {
    fn from(product: products::Product) -> Self {
        Self(product)
    }
}

connection!(ProductConnection, ProductEdge, Product, "products", "a product");

/// A product of the vendor's catalog; in Microsoft 365 also called a workload.
#[Object]
impl Product {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Product, self.0.sku_id)
    }

    /// The catalog's UUID for the product.
    async fn sku_id(&self) -> scalar::Uuid {
        self.0.sku_id.into()
    }

    /// The SKU part number, such as `DYN365_ENTERPRISE_SALES`.
    async fn sku_part_number(&self) -> &str {
        &self.0.sku_part_number
    }

    /// The product's display name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The one solution area that it belongs to.
    async fn solution_area(&self) -> SolutionArea {
        self.0.solution_area.into()
    }
}

impl AtHand for Product {
    fn field(field: &Field) -> Option<Write<Self>> {
        match field.name.node.as_str() {
            "id" => plain(|product: &Self, _, out| out.id(Kind::Product, product.0.sku_id)),
            "skuId" => plain(|product: &Self, _, out| out.uuid(product.0.sku_id)),
            "skuPartNumber" => plain(|product: &Self, _, out| out.text(&product.0.sku_part_number)),
            "name" => plain(|product: &Self, _, out| out.text(&product.0.name)),
            "solutionArea" => plain(|product: &Self, _, out| out.word::<SolutionArea>(product.0.solution_area)),
            _ => None,
        }
    }
}

loads_by_id! {
    /// A product, by its SKU id; everybody sees the catalog.
    ProductById(Uuid) => products::Product,
    |reader, ids| products::get_many(reader.db(), &ids).await?.into_iter().map(|product| (product.sku_id, product))
}

/// Restricts products. Conditions are combined with AND; one that is omitted matches everything.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ProductFilter {
    /// Only products of this solution area.
    pub solution_area: Option<SolutionArea>,
    /// Only products that contain all these words in the name or part number; case is ignored.
    pub search: Option<String>,
}

/// A page of the catalog.
pub(super) async fn page(
    ctx: &Context<'_>,
    page: PageArgs,
    filter: Option<ProductFilter>,
) -> Result<ProductConnection, ApiError> {
    let request = page.of(ctx, &products::ORDER)?;
    let filter = filter.unwrap_or_default();
    let filter = products::ProductFilter { solution_area: filter.solution_area.map(Into::into), search: filter.search };
    let counted = filter.clone();
    let page =
        page::asked(ctx, move |reader| async move { products::page(reader.db(), &filter, &request).await }).await?;
    let total = Total::asked(move |reader| {
        let filter = counted.clone();
        async move { products::count(reader.db(), &filter).await }
    });
    Ok(ProductConnection::new(page, total))
}
