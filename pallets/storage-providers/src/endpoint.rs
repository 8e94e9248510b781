// SPDX-License-Identifier: Apache-2.0
//! What counts as the URL of a provider.

/// Whether `endpoint` is an `http://` or `https://` URL that names a host.
pub(crate) fn is_valid(endpoint: &[u8]) -> bool {
	let Ok(url) = core::str::from_utf8(endpoint) else { return false };
	let Some(rest) = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")) else {
		return false;
	};
	// Clients append paths to the endpoint: a query or fragment would swallow them.
	if rest.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#')) {
		return false;
	}
	is_authority(rest.split('/').next().unwrap_or_default())
}

/// Whether `authority` is a host with an optional port, without user or password.
fn is_authority(authority: &str) -> bool {
	if authority.contains('@') {
		return false;
	}
	let (host, port) = match authority.strip_prefix('[') {
		Some(literal) => match literal.split_once(']') {
			Some((address, port)) => (address, port),
			None => return false,
		},
		None => match authority.find(':') {
			Some(colon) => authority.split_at(colon),
			None => (authority, ""),
		},
	};
	!host.is_empty() && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// Whether `port` is a number from 1 to 65535.
fn is_port(port: &str) -> bool {
	port.bytes().all(|digit| digit.is_ascii_digit())
		&& port.parse::<u16>().is_ok_and(|number| number != 0)
}

#[cfg(test)]
mod tests {
	use super::is_valid;

	#[test]
	fn endpoints_are_told_apart() {
		const CASES: [(&str, bool, &str); 22] = [
			("http://a", true, "shortest"),
			("https://provider.example", true, "name"),
			("https://provider.example:8443/base", true, "port and path"),
			("http://127.0.0.1:9000", true, "IPv4"),
			("http://[::1]:9000", true, "IPv6"),
			("http://[::1]", true, "IPv6 without port"),
			("https://bücher.example", true, "beyond ASCII"),
			("", false, "empty"),
			("http://", false, "no host"),
			("https:///path", false, "no host but a path"),
			("http://:80", false, "no host but a port"),
			("http://[]:80", false, "empty IPv6"),
			("http://[::1", false, "open IPv6"),
			("http://[::1]x", false, "text after IPv6"),
			("ftp://a", false, "other scheme"),
			("HTTP://a", false, "scheme in capitals"),
			("a.example", false, "no scheme"),
			("http://a b", false, "space"),
			("http://a\n", false, "control character"),
			("http://a?x", false, "query"),
			("http://u@a", false, "user"),
			("http://a#x", false, "fragment"),
		];
		for (endpoint, valid, why) in CASES {
			assert_eq!(is_valid(endpoint.as_bytes()), valid, "{why}: {endpoint:?}");
		}
	}

	#[test]
	fn ports_are_told_apart() {
		const CASES: [(&str, bool); 7] = [
			("1", true),
			("65535", true),
			("0", false),
			("65536", false),
			("", false),
			("+80", false),
			("8o", false),
		];
		for (port, valid) in CASES {
			assert_eq!(is_valid(format!("http://a:{port}").as_bytes()), valid, "{port:?}");
		}
	}

	#[test]
	fn bytes_that_are_no_text_are_refused() {
		assert!(!is_valid(b"http://\xff"));
	}
}
