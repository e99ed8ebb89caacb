//! The catalogue as the API tells it (C2-C4).

use serde_json::json;

use crate::support::{World, both};

both!(the_options_of_activities_follow_the_catalogue,);

async fn the_options_of_activities_follow_the_catalogue(world: &World) {
    // C2, C3, C4, C4b
    let query = "{ activityOptions { solutionArea activity program channels paysIncentive } }";
    let options = world.partner.query(query).await["activityOptions"].clone();
    let dynamics = json!(["VOLUME_LICENSING", "WEB_DIRECT"]);
    let mut of_area: Vec<_> = options
        .as_array()
        .unwrap()
        .iter()
        .map(|option| {
            (option["solutionArea"].as_str().unwrap(), option["activity"].as_str().unwrap(), option["program"].as_str())
        })
        .collect();
    of_area.sort_unstable();
    assert_eq!(
        of_area,
        [
            ("BUSINESS_APPLICATIONS", "PRESALES", Some("OSA_SELL")),
            ("BUSINESS_APPLICATIONS", "REVENUE_ASSOCIATION", None),
            ("BUSINESS_APPLICATIONS", "USAGE", Some("OSU_BUSINESS_APPLICATIONS")),
            ("MICROSOFT_365", "USAGE", Some("OSU_MICROSOFT_365")),
        ]
    );
    for option in options.as_array().unwrap() {
        assert_eq!(option["paysIncentive"], json!(!option["program"].is_null()));
        if option["solutionArea"] == "BUSINESS_APPLICATIONS" {
            assert_eq!(option["channels"], dynamics);
        }
    }
}
