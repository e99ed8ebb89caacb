/** The guided example of a claim that fails six rules at once, from the sample directory (data/README.md). */
import { request } from "./api/client";
import { ProductsDocument } from "./api/generated";
import { EMPTY, type Draft, type DraftLine } from "./draft";

/** Part numbers, and the rule that each line fails: E6, E7, E8, E10. */
const PRODUCTS = ["DYN365_ENTERPRISE_FIELD_SERVICE", "DYN365_SCM", "POWERAPPS_PER_USER", "DYN365_ENTERPRISE_CUSTOMER_SERVICE"];

/** Also fails E11, for its two activities do not go together, and E13, for its location is not enrolled. */
export async function sixProblems(): Promise<Draft> {
  const lines = await Promise.all(
    PRODUCTS.map(async (part): Promise<DraftLine[]> => {
      const { products } = await request(ProductsDocument, { search: part, solutionArea: "BUSINESS_APPLICATIONS" });
      const product = products.nodes.find((one) => one.skuPartNumber === part);
      return product ? [{ productId: product.id, product: product.name, subscriptionId: "" }] : [];
    }),
  );
  return {
    ...EMPTY,
    // Without a name the example is checked but not saved.
    name: "",
    tenantId: "20000000-0000-4000-8000-000000000001",
    domain: "northgate.example",
    activities: ["USAGE", "REVENUE_ASSOCIATION"],
    mpnId: "1000103",
    lines: lines.flat(),
  };
}
