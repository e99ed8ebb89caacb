//! The words that names and texts are made of. All companies and people are invented.

/// How companies' names begin; also how their domains do.
pub const FIRST: [&str; 24] = [
    "Alder", "Amber", "Birch", "Bright", "Cedar", "Clear", "Coral", "Crown", "Dawn", "Ember", "Fair", "Glen",
    "Harbour", "Iron", "Juniper", "Larch", "Maple", "North", "Oak", "Pine", "River", "Silver", "Stone", "Willow",
];
/// How they go on.
pub const SECOND: [&str; 16] = [
    "bridge", "brook", "field", "ford", "gate", "haven", "hill", "lake", "land", "mark", "mere", "point", "port",
    "side", "water", "wood",
];
/// What customers are.
pub const CUSTOMERS: [&str; 12] = [
    "Foods",
    "Logistics",
    "Savings Bank",
    "Clinics",
    "Motors",
    "Textiles",
    "Energy",
    "Schools",
    "Airports",
    "Insurance",
    "Media",
    "Pharma",
];
/// What partners are.
pub const PARTNERS: [&str; 6] = ["Consulting", "Systems", "Digital", "Solutions", "Partners", "IT Services"];
/// Given names.
pub const GIVEN: [&str; 16] = [
    "Anna", "Bela", "Carla", "Deniz", "Erik", "Fatma", "Gil", "Hanna", "Ines", "Jonas", "Karin", "Levente", "Maja",
    "Nora", "Osman", "Petra",
];
/// Family names.
pub const FAMILY: [&str; 16] = [
    "Alder", "Berg", "Costa", "Demir", "Eklund", "Farkas", "Green", "Holm", "Ivanov", "Jansen", "Kaya", "Lind", "Moss",
    "Nagy", "Olsen", "Reyes",
];
/// The kind of work in a claim's name.
pub const WORK: [&str; 8] =
    ["adoption", "roll-out", "migration", "pilot", "training", "governance", "consolidation", "renewal"];
/// For whom the work is done.
pub const UNITS: [&str; 10] = [
    "branches",
    "dispatchers",
    "the head office",
    "field sales",
    "five plants",
    "the call centre",
    "warehouses",
    "finance",
    "the executive board",
    "new hires",
];
/// What the partner writes.
pub const PARTNER_SAYS: [&str; 6] = [
    "The customer signed the statement of work on page 4.",
    "We attached the consumption report of the last quarter. The seats in use are on the second sheet.",
    "Our project lead can answer questions about the roll-out at any time.",
    "The acceptance was signed by the head of IT; the name is below the signature.",
    "Please note that the customer renamed its domain during the project.",
    "The work began before the subscription was extended; the order is in the annex.",
];
/// What a reviewer writes to the partner.
pub const REVIEWER_SAYS: [&str; 5] = [
    "Thank you, the signature is legible now.",
    "Please confirm that the product on page 2 is the one that you claim.",
    "The dates in the statement of work and in the acceptance differ. Which one is right?",
    "We received the document and will look at it this week.",
    "The consumption report names another subscription. Please check.",
];
/// What reviewers write to each other.
pub const INTERNAL: [&str; 4] = [
    "Same template as in the partner's last claim; checked against the original.",
    "The customer's contact confirmed the project by telephone.",
    "Please have a second look at the signature before we decide.",
    "Seats in the report match the directory.",
];
/// What the partner is asked for.
pub const ASKS: [&str; 3] = [
    "Please attach the page that the customer signed.",
    "Please add the dates of the work that was done.",
    "The document does not name the product. Please attach one that does.",
];
/// Why a claim is rejected.
pub const REJECTS: [&str; 3] = [
    "The document names no work that was done for this customer.",
    "The customer's acknowledgement is missing.",
    "The products of the claim are not named in the proof of execution.",
];
/// Why a rejection is disputed.
pub const DISPUTES: [&str; 2] = [
    "The work is described in annex B, which the review did not mention.",
    "The customer's acknowledgement is on page 7, below the list of workloads.",
];
