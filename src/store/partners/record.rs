//! The records of a partner and of a location.

use domain::kinds::IncentiveProgram;
use uuid::Uuid;

use crate::store::rows::record;

record! {
    /// A partner company (C5).
    pub struct Partner of partner {
        /// The partner's id at the vendor.
        pub id: Uuid = get(Id always ["id", "locations"]),
        /// The company's name.
        pub name: String = get(Name read_for ["name"]),
    }
}

record! {
    /// A partner's location. Its partner type is never read (C5).
    pub struct Location of partner_location {
        /// The MPN id.
        pub mpn_id: String = get(MpnId always ["id", "mpnId"]),
        /// Whose it is.
        pub partner_id: Uuid = get(PartnerId always ["partner"]),
        /// Its name.
        pub name: String = get(Name read_for ["name"]),
        /// The country it lies in.
        pub country: String = get(Country read_for ["country"]),
        /// Where it is enrolled.
        pub enrolled_programs: Vec<IncentiveProgram> = words(EnrolledPrograms read_for ["enrolledPrograms"]),
    }
}
