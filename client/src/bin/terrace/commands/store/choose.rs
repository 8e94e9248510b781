// SPDX-License-Identifier: Apache-2.0
//! Which providers shall store a file, and what that costs.

use super::{file::SourceFile, place::terms};
use crate::{
	cli::StoreArgs,
	context::Context,
	failure::{Exit, Failure},
	render::endpoint_text,
};
use std::collections::BTreeSet;
use terrace_client::{
	amount::{format_amount, format_bytes},
	http::{endpoint_url, Health, Http},
	Chain, Quote,
};
use terrace_layers::{
	views::{ProofChainView, ProviderView},
	AccountId, Balance, ChainId, Offer,
};

/// Windows that are ordered unless somebody says how many.
const WINDOWS: u32 = 10;

/// What a person wants of a provider.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
	/// Size of the file.
	pub size: u64,
	/// Windows, if that was said.
	pub windows: Option<u32>,
	/// Every how many windows a chunk is proven.
	pub interval: u16,
	/// Most to pay for one GiB and one window.
	pub max_price: Option<Balance>,
}

/// Why a provider does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
	/// It takes no new contracts.
	NotAccepting,
	/// It has no room.
	Full,
	/// It does not offer so many windows.
	Windows,
	/// It wants more.
	Price,
	/// It has nothing left at stake.
	Collateral,
}

impl Wish {
	/// Windows to order from a provider.
	pub fn windows_from(&self, offer: &Offer) -> u32 {
		self.windows.unwrap_or(WINDOWS.max(offer.min_windows).min(offer.max_windows))
	}

	/// Whether a provider fits.
	pub fn fits(&self, provider: &ProviderView) -> Result<(), Unfit> {
		let offer = &provider.offer;
		let windows = self.windows_from(offer);
		if !provider.accepting {
			Err(Unfit::NotAccepting)
		} else if offer.capacity.saturating_sub(provider.used) < self.size {
			Err(Unfit::Full)
		} else if !(offer.min_windows..=offer.max_windows).contains(&windows) {
			Err(Unfit::Windows)
		} else if self.max_price.is_some_and(|most| offer.price > most) {
			Err(Unfit::Price)
		} else if provider.collateral <= provider.required {
			Err(Unfit::Collateral)
		} else {
			Ok(())
		}
	}

	/// The providers that fit, cheapest first; among equals the one with most room.
	pub fn pick(&self, all: Vec<ProviderView>) -> Result<Vec<ProviderView>, Failure> {
		let (total, mut unfit, mut fit) = (all.len(), Vec::new(), Vec::new());
		for provider in all {
			match self.fits(&provider) {
				Ok(()) => fit.push(provider),
				Err(why) => unfit.push((why, provider)),
			}
		}
		fit.sort_by_key(|provider| {
			let room = provider.offer.capacity.saturating_sub(provider.used);
			(provider.offer.price, std::cmp::Reverse(room), provider.who.clone())
		});
		if fit.is_empty() {
			return Err(self.explain_all(total, &unfit));
		}
		Ok(fit)
	}

	fn explain_all(&self, total: usize, unfit: &[(Unfit, ProviderView)]) -> Failure {
		if total == 0 {
			return Failure::new(Exit::Provider, "no provider is registered")
				.hint("try again later");
		}
		let mut reasons = BTreeSet::new();
		for (why, provider) in unfit {
			reasons.insert(self.explain(*why, &provider.offer));
		}
		let reasons: Vec<_> = reasons.into_iter().collect();
		let message = format!("none of {total} providers takes the file: {}", reasons.join(", "));
		Failure::new(Exit::Provider, message).hint("see `terrace providers` for what they offer")
	}

	fn explain(&self, why: Unfit, offer: &Offer) -> String {
		match why {
			Unfit::NotAccepting => "takes no new contracts".into(),
			Unfit::Full => format!("has no room for {}", format_bytes(self.size)),
			Unfit::Windows => format!(
				"offers {} to {} windows, not {}",
				offer.min_windows,
				offer.max_windows,
				self.windows_from(offer)
			),
			Unfit::Price => format!("wants {} for a GiB and a window", format_amount(offer.price)),
			Unfit::Collateral => "has no collateral left".into(),
		}
	}
}

/// One copy of the file with one provider.
#[derive(Clone, Debug)]
pub struct PlannedCopy {
	/// The provider.
	pub provider: AccountId,
	/// Its endpoint.
	pub endpoint: String,
	/// The proof chain that checks it.
	pub proof_chain: ChainId,
	/// Windows to order.
	pub windows: u32,
	/// Every how many of them it is proven.
	pub interval: u16,
	/// What it costs.
	pub quote: Quote,
}

/// Finds providers for all copies, and makes sure that they answer.
pub async fn choose(
	context: &Context,
	market: &Chain,
	http: &Http,
	file: &SourceFile,
	args: &StoreArgs,
) -> Result<(Vec<PlannedCopy>, ProofChainView), Failure> {
	let chain = pick_chain(market.proof_chains().await?, args.proof_chain)?;
	let wish = Wish {
		size: file.size,
		windows: args.windows,
		interval: args.interval,
		max_price: args.max_price,
	};
	let search = Search { context, market, http, wish, file, chain: chain.chain };
	let copies = if args.providers.is_empty() {
		search.cheapest(args.copies).await?
	} else {
		search.named(&args.providers).await?
	};
	Ok((copies, chain))
}

/// The proof chain to use: the one asked for, or that whose reports are most recent.
pub fn pick_chain(
	all: Vec<ProofChainView>,
	wanted: Option<ChainId>,
) -> Result<ProofChainView, Failure> {
	let none = all.is_empty();
	let picked = match wanted {
		Some(id) => all.into_iter().find(|chain| chain.chain == id),
		None => all.into_iter().min_by_key(|chain| {
			let lag = chain.estimate.0.saturating_sub(chain.reported.0);
			(chain.stalled_at.is_some(), lag, chain.chain)
		}),
	};
	if let Some(stalled) = picked.as_ref().filter(|chain| chain.stalled_at.is_some()) {
		let message = format!("proof chain {} has stalled: its reports are late", stalled.chain);
		return Err(Failure::new(Exit::Failed, message)
			.hint("it takes no contracts until it reports again: see `terrace chains`"));
	}
	picked.ok_or_else(|| match wanted {
		Some(id) if !none => Failure::new(Exit::Failed, format!("{id} is no proof chain here"))
			.hint("leave out --proof-chain, or see `terrace chains`"),
		_ => Failure::new(Exit::Failed, "no proof chain is registered with the contract chain")
			.hint("register one: `terrace register-chain`"),
	})
}

struct Search<'a> {
	context: &'a Context,
	market: &'a Chain,
	http: &'a Http,
	wish: Wish,
	file: &'a SourceFile,
	chain: ChainId,
}

impl Search<'_> {
	/// The cheapest providers that fit and answer.
	async fn cheapest(&self, count: u32) -> Result<Vec<PlannedCopy>, Failure> {
		let fit = self.wish.pick(self.market.providers().await?)?;
		let wanted = usize::try_from(count).unwrap_or(usize::MAX);
		let (mut copies, mut silent) = (Vec::new(), None);
		for provider in &fit {
			if copies.len() == wanted {
				break;
			}
			match self.copy(provider).await {
				Ok(copy) => copies.push(copy),
				Err(failure) => {
					self.context.progress.note(format!("passed over: {}", failure.message));
					silent = Some(failure);
				}
			}
		}
		if copies.len() == wanted {
			return Ok(copies);
		}
		let found = format!("only {} of {count} providers can take the file", copies.len());
		Err(match silent {
			Some(failure) => {
				Failure { message: format!("{found}: {}", failure.message), ..failure }
			}
			None => Failure::new(Exit::Provider, found).hint("ask for fewer --copies"),
		})
	}

	/// The providers that were asked for.
	async fn named(&self, accounts: &[AccountId]) -> Result<Vec<PlannedCopy>, Failure> {
		let mut seen = BTreeSet::new();
		let mut copies = Vec::new();
		for account in accounts {
			if !seen.insert(account) {
				let message = format!("provider {account} is given twice");
				return Err(Failure::new(Exit::Usage, message)
					.hint("a second copy is worth something only with another provider"));
			}
			let provider = self.market.provider(account).await?.ok_or_else(|| {
				Failure::new(Exit::Provider, format!("{account} is no provider"))
					.hint("see `terrace providers`")
			})?;
			self.wish.fits(&provider).map_err(|why| {
				let reason = self.wish.explain(why, &provider.offer);
				Failure::new(Exit::Provider, format!("provider {account} {reason}"))
					.hint("see `terrace providers`, or leave out --provider")
			})?;
			copies.push(self.copy(&provider).await?);
		}
		Ok(copies)
	}

	/// A copy with this provider, if it answers and offers it.
	async fn copy(&self, provider: &ProviderView) -> Result<PlannedCopy, Failure> {
		let who = &provider.who;
		let endpoint = endpoint_url(&provider.offer.endpoint).ok_or_else(|| {
			let shown = endpoint_text(&provider.offer.endpoint);
			Failure::new(Exit::Provider, format!("provider {who} has no usable address: {shown}"))
				.hint("choose another provider")
		})?;
		let windows = self.wish.windows_from(&provider.offer);
		let interval = self.wish.interval;
		let terms = terms(self.file, self.chain, (windows, interval), Balance::MAX);
		let quote = self.market.quote(who, &terms).await?;
		let spare = provider.collateral.saturating_sub(provider.required);
		let quote = quote.filter(|quote| quote.collateral <= spare).ok_or_else(|| {
			Failure::new(Exit::Provider, format!("provider {who} cannot take the file now"))
				.hint("its collateral may be too low, or the proof chain stopped: try another one")
		})?;
		let health = self.http.health(&endpoint).await?;
		self.check_health(who, &endpoint, &health)?;
		let (provider, proof_chain) = (who.clone(), self.chain);
		Ok(PlannedCopy { provider, endpoint, proof_chain, windows, interval, quote })
	}

	fn check_health(
		&self,
		who: &AccountId,
		endpoint: &str,
		health: &Health,
	) -> Result<(), Failure> {
		let wrong = if health.provider != *who {
			format!("another provider answers there: {}", health.provider)
		} else if health.chain != self.market.id() {
			format!("it works for another contract chain: {}", health.chain)
		} else if health.free_bytes < self.wish.size {
			format!("it has room for {} only", format_bytes(health.free_bytes))
		} else {
			return Ok(());
		};
		Err(Failure::new(Exit::Provider, format!("provider {who} at {endpoint}: {wrong}"))
			.hint("choose another provider"))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::render::examples::provider;
	use terrace_layers::{BatchId, Window};

	const WISH: Wish = Wish { size: 1_000, windows: None, interval: 1, max_price: None };

	#[test]
	fn cheapest_with_most_room_comes_first() {
		let mut roomy = provider(3, 5);
		roomy.offer.capacity *= 2;
		let all = vec![provider(1, 9), provider(2, 5), roomy, provider(4, 7)];
		let picked = WISH.pick(all).expect("all fit");
		let order: Vec<_> = picked.iter().map(|it| AsRef::<[u8]>::as_ref(&it.who)[0]).collect();
		assert_eq!(order, [3, 2, 4, 1]);
	}

	#[test]
	fn unfit_providers_are_left_out_for_a_reason() {
		let edit = |change: fn(&mut ProviderView)| {
			let mut view = provider(1, 5);
			change(&mut view);
			view
		};
		let cases = [
			(edit(|it| it.accepting = false), WISH, Unfit::NotAccepting),
			(edit(|it| it.used = it.offer.capacity - 999), WISH, Unfit::Full),
			(edit(|_| ()), Wish { windows: Some(101), ..WISH }, Unfit::Windows),
			(edit(|_| ()), Wish { windows: Some(1), ..WISH }, Unfit::Windows),
			(edit(|_| ()), Wish { max_price: Some(4), ..WISH }, Unfit::Price),
			(edit(|it| it.required = it.collateral), WISH, Unfit::Collateral),
		];
		for (view, wish, why) in cases {
			assert_eq!(wish.fits(&view), Err(why));
			assert_eq!(wish.pick(vec![view]).expect_err("nobody fits").exit, Exit::Provider);
		}
		assert_eq!(WISH.fits(&edit(|it| it.used = it.offer.capacity - 1_000)), Ok(()));
	}

	#[test]
	fn reasons_are_told_when_nobody_fits() {
		let wish = Wish { windows: Some(4_000_000_000), ..WISH };
		let failure = wish.pick(vec![provider(1, 5), provider(2, 6)]).expect_err("nobody fits");
		let reason = "none of 2 providers takes the file: offers 2 to 100 windows, not 4000000000";
		assert_eq!(failure.message, reason);
		assert_eq!(WISH.pick(vec![]).expect_err("nobody").message, "no provider is registered");
	}

	#[test]
	fn usual_number_of_windows_follows_the_offer() {
		let mut offer = provider(1, 1).offer;
		assert_eq!(WISH.windows_from(&offer), 10);
		offer.min_windows = 20;
		assert_eq!(WISH.windows_from(&offer), 20);
		(offer.min_windows, offer.max_windows) = (1, 3);
		assert_eq!(WISH.windows_from(&offer), 3);
	}

	fn chain(seed: u8, lag: u32) -> ProofChainView {
		ProofChainView {
			chain: ChainId(sp_core::H256::repeat_byte(seed)),
			reported: Window(100 - lag),
			applied_at: 1,
			window_ms: 20_000,
			sent: BatchId(0),
			applied: BatchId(0),
			estimate: Window(100),
			overdue: false,
			stalled_at: None,
			capacity: 1 << 30,
			booked: 0,
			fee_per_byte: 1,
			beneficiary: None,
			streams: 0,
		}
	}

	#[test]
	fn stalled_proof_chain_is_left_out_and_refused() {
		let stalled = |seed| ProofChainView { stalled_at: Some(7), ..chain(seed, 0) };
		let picked = pick_chain(vec![stalled(1), chain(2, 9)], None).expect("one reports");
		assert_eq!(picked.chain, chain(2, 9).chain);
		for wanted in [None, Some(stalled(1).chain)] {
			let failure = pick_chain(vec![stalled(1)], wanted).expect_err("it has stalled");
			assert!(failure.message.contains("has stalled"), "{}", failure.message);
		}
	}

	#[test]
	fn proof_chain_is_the_one_asked_for_or_the_most_recent() {
		let all = || vec![chain(1, 5), chain(2, 1), chain(3, 50)];
		assert_eq!(pick_chain(all(), None).expect("some").chain, chain(2, 1).chain);
		let third = chain(3, 0).chain;
		assert_eq!(pick_chain(all(), Some(third)).expect("this one").chain, third);
		let failure = pick_chain(all(), Some(chain(4, 0).chain)).expect_err("a stranger");
		assert!(failure.message.contains("no proof chain here"));
		assert!(pick_chain(vec![], None).expect_err("none").message.contains("registered"));
	}
}
