// SPDX-License-Identifier: Apache-2.0
//! Ports in use are found before the node starts.
//!
//! The services underneath would go on without the port, or with one that nobody asked for, and
//! say so only in the log.

use sc_network::{multiaddr::Protocol, Multiaddr};
use sc_service::Configuration;
use std::{
	io::ErrorKind,
	net::{IpAddr, SocketAddr, TcpListener},
};

/// A port that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error(
	"the {service} address {address} is not free ({reason}): is another node running? Choose \
	 another port with {flag}"
)]
pub struct Busy {
	service: &'static str,
	address: SocketAddr,
	reason: std::io::Error,
	flag: &'static str,
}

/// Fails unless every port of `config` is free, and forbids to evade to a random one.
pub fn claim(config: &mut Configuration) -> Result<(), Busy> {
	for endpoint in config.rpc.addr.iter_mut().flatten() {
		endpoint.retry_random_port = false;
		probe("RPC", endpoint.listen_addr, "--rpc-port")?;
	}
	for address in config.network.listen_addresses.iter().filter_map(tcp) {
		probe("peer-to-peer", address, "--port")?;
	}
	if let Some(prometheus) = &config.prometheus_config {
		probe("Prometheus", prometheus.port, "--prometheus-port, or none with --no-prometheus")?;
	}
	Ok(())
}

fn probe(service: &'static str, address: SocketAddr, flag: &'static str) -> Result<(), Busy> {
	match TcpListener::bind(address) {
		Err(reason)
			if matches!(reason.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied) =>
		{
			Err(Busy { service, address, reason, flag })
		}
		// Anything else, such as a machine without IPv6, is for the service itself to judge.
		_ => Ok(()),
	}
}

/// The socket address of a multiaddress that starts with an IP address and a TCP port.
pub fn tcp(address: &Multiaddr) -> Option<SocketAddr> {
	let mut parts = address.iter();
	let ip = match parts.next()? {
		Protocol::Ip4(ip) => IpAddr::from(ip),
		Protocol::Ip6(ip) => IpAddr::from(ip),
		_ => return None,
	};
	match parts.next()? {
		Protocol::Tcp(port) => Some(SocketAddr::new(ip, port)),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn busy_port_is_named_with_its_flag() {
		let taken = TcpListener::bind("127.0.0.1:0").expect("some port is free");
		let address = taken.local_addr().expect("bound");
		let busy = probe("RPC", address, "--rpc-port").expect_err("the port is taken");
		let message = busy.to_string();
		assert!(message.contains(&address.to_string()) && message.contains("--rpc-port"));
	}

	#[test]
	fn free_port_stays_free() {
		let address = TcpListener::bind("127.0.0.1:0")
			.and_then(|listener| listener.local_addr())
			.expect("some port is free");
		probe("RPC", address, "--rpc-port").expect("nobody listens");
		TcpListener::bind(address).expect("the probe released it");
	}

	#[test]
	fn only_tcp_addresses_are_probed() {
		let parse = |text: &str| text.parse::<Multiaddr>().expect("valid multiaddress");
		assert_eq!(tcp(&parse("/ip4/1.2.3.4/tcp/5")), Some(([1, 2, 3, 4], 5).into()));
		assert_eq!(
			tcp(&parse("/ip6/::1/tcp/5/ws")),
			Some(SocketAddr::new("::1".parse().expect("valid address"), 5))
		);
		assert_eq!(tcp(&parse("/ip4/1.2.3.4/udp/5/webrtc-direct")), None);
		assert_eq!(tcp(&parse("/dns/example.org/tcp/5")), None);
	}
}
