//! File names as client libraries send them: kept as the person saw them, and given back by downloads (P1).

use reqwest::Method;
use serde_json::json;

use crate::support::{Caller, World, both, caller::mutation_document, world::PDF};

both!(a_name_is_kept_however_the_client_writes_it, a_download_gives_the_name_back,);

/// Uploads a file in a form written by hand, whose file part has this header; the name that was kept.
async fn upload(caller: &Caller, claim_id: &str, disposition: &[u8]) -> (String, String) {
    let operations = json!({ "query": mutation_document("attachProofOfExecution"),
        "variables": { "input": { "claimId": claim_id, "file": null } } });
    let part = |header: &[u8], content: &[u8]| {
        [b"--limit\r\nContent-Disposition: ".as_slice(), header, b"\r\n\r\n", content, b"\r\n"].concat()
    };
    let body = [
        part(b"form-data; name=\"operations\"", operations.to_string().as_bytes()),
        part(b"form-data; name=\"map\"", br#"{"0": ["variables.input.file"]}"#),
        part(disposition, PDF),
        b"--limit--\r\n".to_vec(),
    ]
    .concat();
    let request = caller
        .request(Method::POST, "/graphql")
        .header("accept", "application/graphql-response+json")
        .header("content-type", "multipart/form-data; boundary=limit")
        .body(body);
    let answer = caller.send(request).await;
    let document = &answer.payload()["document"];
    let text = |name: &str| document[name].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned();
    (text("name"), text("url"))
}

async fn a_name_is_kept_however_the_client_writes_it(world: &World) {
    // P1: RFC 7578 and raw UTF-8, what browsers escape, what older clients do, RFC 8187; no encoded words (RFC 2047).
    let draft = world.draft().await;
    for (disposition, name) in [
        ("form-data; name=\"0\"; filename=\"Abnahme – Übergabe.pdf\"".as_bytes(), "Abnahme – Übergabe.pdf"),
        (b"form-data; name=\"0\"; filename=\"the %22final%22 one.pdf\"", "the \"final\" one.pdf"),
        (b"form-data; name=\"0\"; filename=\"two%0D%0Alines.pdf\"", "twolines.pdf"),
        (b"form-data; name=\"0\"; filename=\"the \\\"final\\\" one.pdf\"", "the \"final\" one.pdf"),
        (b"form-data; name=\"0\"; filename=\"100%25 done; really.pdf\"", "100%25 done; really.pdf"),
        (b"form-data; name=\"0\"; filename=\"C:\\fakepath\\proof.pdf\"", "proof.pdf"),
        (b"form-data; name=\"0\"; filename=\"_.pdf\"; filename*=UTF-8''%C4%B0%C5%9F%20%E2%82%AC.pdf", "İş €.pdf"),
        (b"form-data; filename*=utf-8'tr'%C4%B0%C5%9F.pdf; name=\"0\"", "İş.pdf"),
        (b"form-data; name=\"0\"; filename*=ISO-8859-1''%DCbergabe.pdf", "Übergabe.pdf"),
        (b"form-data; name=\"0\"; filename=\"=?UTF-8?Q?=C3=9C?=.pdf\"", "=?UTF-8?Q?=C3=9C?=.pdf"),
        (b"form-data; name=\"0\"; filename=proof.pdf", "proof.pdf"),
        (
            "form-data; name=\"0\"; filename=\"👩\u{200d}💻 می\u{200c}خواهم.pdf\"".as_bytes(),
            "👩\u{200d}💻 می\u{200c}خواهم.pdf",
        ),
        (b"form-data; name=\"0\"; filename=\"\"", "document"),
    ] {
        let kept = upload(&world.partner, draft.id(), disposition).await.0;
        assert_eq!(kept, name, "{}", String::from_utf8_lossy(disposition));
    }
}

/// The name of `filename*`, decoded as a client does (RFC 8187).
fn extended_name(disposition: &str) -> String {
    let encoded = disposition.rsplit_once("filename*=UTF-8''").unwrap().1;
    let mut bytes = Vec::new();
    let mut rest = encoded.as_bytes();
    while let [first, left @ ..] = rest {
        rest = left;
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&left[..2]).unwrap(), 16).unwrap());
            rest = &left[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).unwrap()
}

async fn a_download_gives_the_name_back(world: &World) {
    // P1: in `filename*` as it is, and in `filename` for old clients.
    let draft = world.draft().await;
    let longest = format!("{}.pdf", "💻".repeat(196));
    for name in ["proof.pdf", "Abnahme – Übergabe.pdf", "the \"final\" one; 100%.pdf", "日本語.pdf", &longest] {
        let encoded = name.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
        let disposition = format!("form-data; name=\"0\"; filename*=UTF-8''{encoded}");
        let (kept, url) = upload(&world.partner, draft.id(), disposition.as_bytes()).await;
        assert_eq!(kept, name);
        let answer = world.partner.send(world.partner.request(Method::GET, &url)).await;
        let header = answer.headers["content-disposition"].to_str().unwrap().to_owned();
        assert!(header.starts_with("attachment; filename=\"") && header.is_ascii(), "{header}");
        assert_eq!(extended_name(&header), name);
        let plain = header.split('"').nth(1).unwrap();
        assert!(plain.strip_suffix(".pdf").is_some() && plain.chars().count() == name.chars().count(), "{header}");
    }
}
