//! Bulk files: every row is read or refused by its line, or the file is.
#![no_main]

use cpor::cli::import::{Format, Noun, rows};
use domain::directory::{CustomerRow, PartnerRow, ProductRow, SubscriptionRow};
use libfuzzer_sys::fuzz_target;

fn read<R: Noun>(data: &[u8]) {
    for format in [Format::Csv, Format::Jsonl] {
        let Ok(rows) = rows::<R>(format, data) else { continue };
        let mut last = 0;
        for entry in rows {
            let Ok(entry) = entry else { break };
            assert!(entry.line > last, "rows come in order");
            last = entry.line;
        }
    }
}

fuzz_target!(|data: &[u8]| {
    read::<CustomerRow>(data);
    read::<PartnerRow>(data);
    read::<ProductRow>(data);
    read::<SubscriptionRow>(data);
});
