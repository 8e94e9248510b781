// SPDX-License-Identifier: Apache-2.0
//! What people get wrong, and what they are told.

use super::write_file;
use crate::{ensure, Failure, Network};
use terrace_client::{Signer, Wait};
use terrace_layers::{views::ContractView, ContractId, Layer, Terms};
use terrace_possession::ContentId;

/// Every refusal is clear, and none of them costs money.
pub async fn run(network: &mut Network) -> Result<(), Failure> {
	let dir = network.layout.dir.clone();
	let empty = write_file(&dir, "empty", 0)?;
	refused(network, crate::CLIENT, &["store", &empty.display().to_string()], "empty").await?;
	refused(network, crate::CLIENT, &["store", "/nonexistent/file"], "/nonexistent/file").await?;
	let file = write_file(&dir, "fine", 10_000)?.display().to_string();
	refused(network, "//Poor", &["store", &file], "balance").await?;
	let windows = ["store", &file, "--windows", "4000000000"];
	refused(network, crate::CLIENT, &windows, "windows").await?;
	refused(network, crate::CLIENT, &["fetch", "999999", "-o", "/dev/null"], "999999").await?;
	upload_of_other_data_is_refused(network).await?;
	let open: Vec<ContractView> = network
		.chain(Layer::Contract)
		.await?
		.api(
			"MarketApi_contracts_of",
			&(Signer::from_suri(crate::CLIENT)?.account(), ContractId(0), 100u32),
			None,
		)
		.await?;
	ensure!(open.is_empty(), "contracts stay behind: {open:?}");
	Ok(())
}

async fn refused(
	network: &Network,
	suri: &str,
	args: &[&str],
	mention: &str,
) -> Result<(), Failure> {
	let args: Vec<_> = args.iter().map(|arg| arg.to_string()).collect();
	let Err(Failure(text)) = network.terrace(suri, &args).await else {
		return Err(Failure(format!("`terrace {}` succeeded", args.join(" "))));
	};
	ensure!(
		text.to_lowercase().contains(&mention.to_lowercase()),
		"`terrace {}` does not say {mention:?}: {text}",
		args.join(" ")
	);
	Ok(())
}

/// A proposal is made for one blob and another one is uploaded: refused, removed, and refunded.
async fn upload_of_other_data_is_refused(network: &Network) -> Result<(), Failure> {
	let chain = network.chain(Layer::Contract).await?;
	let client = Signer::from_suri(crate::CLIENT)?;
	let provider = Signer::from_suri(crate::PROVIDERS[0])?.account();
	let proof_chain = network.proof_chain().await?.chain;
	let promised = blake3::hash(b"promised");
	let terms = Terms {
		proof_chain,
		root: ContentId(*promised.as_bytes()),
		size: 8,
		windows: 2,
		interval: 1,
		max_rate: u128::MAX,
	};
	let args = (provider, terms);
	let call = chain.call("StorageContracts", "propose", &args)?;
	let included = chain.submit_signed(&call, &client, Wait::Finalized).await?;
	let event = included
		.events
		.iter()
		.find(|event| event.pallet == "StorageContracts" && event.name == "ContractProposed")
		.ok_or("no ContractProposed event")?;
	let id: ContractId = event.decode()?;
	let url = format!("http://127.0.0.1:{}/contracts/{id}", network.layout.provider_port(0));
	for (body, what) in [("another!", "other bytes"), ("promised and more", "more bytes")] {
		let http = reqwest::Client::new();
		let answer = http.put(&url).body(body).send().await;
		let answer = answer.map_err(|error| Failure(format!("upload of {what}: {error}")))?;
		ensure!(answer.status().is_client_error(), "{what}: {}", answer.status());
	}
	network.terrace(crate::CLIENT, &["withdraw".into(), id.to_string()]).await?;
	ensure!(network.contract(id).await?.is_none(), "the proposal is still there");
	Ok(())
}
