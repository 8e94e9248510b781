// SPDX-License-Identifier: Apache-2.0
//! What every command has: the addresses of the chains, the account, the progress.

use crate::{
	cli::Global,
	failure::{Exit, Failure},
	progress::Progress,
};
use terrace_client::{Chain, Signer};
use terrace_layers::Layer;

/// What every command has.
pub struct Context {
	/// Options of every command.
	pub global: Global,
	/// Draws progress.
	pub progress: Progress,
}

impl Context {
	/// For these options.
	pub fn new(global: Global) -> Self {
		let progress = Progress::new(global.json);
		Self { global, progress }
	}

	/// The account that signs.
	pub fn signer(&self) -> Result<Signer, Failure> {
		let Some(suri) = &self.global.account else {
			return Err(Failure::new(Exit::Usage, "this command needs an account").hint(
				"give its secret in the environment variable TERRACE_ACCOUNT or with --account",
			));
		};
		Signer::from_suri(suri).map_err(|error| {
			let failure = Failure::from(error);
			Failure { exit: Exit::Usage, ..failure }
		})
	}

	/// The main chain.
	pub async fn main(&self) -> Result<Chain, Failure> {
		connect(&self.global.main_url, Layer::Main).await
	}

	/// The contract chain.
	pub async fn contract(&self) -> Result<Chain, Failure> {
		connect(&self.global.contract_url, Layer::Contract).await
	}

	/// The proof chain.
	pub async fn proof(&self) -> Result<Chain, Failure> {
		connect(&self.global.proof_url, Layer::Proof).await
	}
}

async fn connect(url: &str, layer: Layer) -> Result<Chain, Failure> {
	let flag = match layer {
		Layer::Main => "--main-url",
		Layer::Contract => "--contract-url",
		Layer::Proof => "--proof-url",
	};
	let chain = Chain::connect(url).await.map_err(|error| {
		Failure::from(error)
			.hint(format!("check {flag} and that the node of the {} chain runs", name(layer)))
	})?;
	if chain.layer() == layer {
		return Ok(chain);
	}
	let (found, wanted) = (name(chain.layer()), name(layer));
	Err(Failure::new(Exit::Failed, format!("{url} is a {found} chain, not a {wanted} chain"))
		.hint(format!("check {flag}")))
}

/// A layer in words.
pub fn name(layer: Layer) -> &'static str {
	match layer {
		Layer::Main => "main",
		Layer::Contract => "contract",
		Layer::Proof => "proof",
	}
}
