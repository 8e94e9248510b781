// SPDX-License-Identifier: Apache-2.0
//! Files that are stored, proven, paid for and fetched.

use super::{close, compare, ended, store, write_file};
use crate::{ensure, Failure, Network};

/// The smallest blob there is.
pub async fn one_byte(network: &mut Network) -> Result<(), Failure> {
	whole_way(network, "one", 1, &[0]).await
}

/// Neither a power of two nor a name that needs no quoting.
pub async fn odd_name(network: &mut Network) -> Result<(), Failure> {
	whole_way(network, "Ünï -- o'dd \"name\".bin", 3 * 1024 * 1024 + 17, &[0, 1]).await
}

async fn whole_way(
	network: &Network,
	name: &str,
	size: usize,
	providers: &[usize],
) -> Result<(), Failure> {
	let windows = 2;
	let file = write_file(&network.layout.dir, name, size)?;
	let root = blake3::hash(&std::fs::read(&file)?).to_hex().to_string();
	for id in store(network, &file, providers, windows).await? {
		let view = ended(network, id).await?;
		ensure!(view.root.to_string() == root, "root on chain {}, of the file {root}", view.root);
		ensure!(view.proven == windows, "{} of {windows} windows proven", view.proven);
		ensure!(view.paid == view.escrow, "paid {} of {}", view.paid, view.escrow);
		ensure!(view.refundable == 0, "{} would come back", view.refundable);
		compare(network, id, &file).await?;
		close(network, id).await?;
		ensure!(network.contract(id).await?.is_none(), "contract {id} is still there");
	}
	Ok(())
}
