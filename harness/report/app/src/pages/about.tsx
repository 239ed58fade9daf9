/** Where the numbers come from, and how they were made: enough to do the run again. */

import { formatNumber, formatPlural } from "../numbers";
import type { PageProps } from "./pages";

export function About({ report }: PageProps) {
  const { provenance, omitted, gate, comparison } = report.data;
  return (
    <>
      <section aria-labelledby="about">
        <h2 id="about">About this run</h2>
        <dl class="facts">{provenance.facts.map(([label, value]) => <div><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
        {omitted > 0 && <p class="note">The transcripts of {formatPlural(omitted, "conversation")} are left out so that this page opens
          quickly: those that failed, changed or are flaky came first. All are in <code>results.jsonl</code> beside this file; every
          number here counts them.</p>}
      </section>
      <section aria-labelledby="behind">
        <h2 id="behind">What stood behind each target</h2>
        <div class="scroll" role="group" aria-labelledby="behind" tabIndex={0}>
          <table class="plain">
            <thead><tr>{["Target", "Model", "Version", "API", "Region", "SKU", "Capacity", "Prices", "Answered by"].map((name) => <th scope="col">{name}</th>)}</tr></thead>
            <tbody>{provenance.targets.map((target) => (
              <tr>
                <th scope="row"><bdi>{target.name}</bdi>{target.adapted.map((note) => <small>{note}</small>)}</th>
                <td>{target.model}</td><td>{target.version}</td><td>{target.api}</td><td>{target.region}</td><td>{target.sku}</td>
                <td>{target.capacity}</td><td>{target.prices}</td><td>{target.answered_by}</td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      </section>
      <section aria-labelledby="method">
        <h2 id="method">How the numbers are made</h2>
        <p class="method">The unit is the conversation; each case is one of its own. A pass rate counts passed and failed trials; blocked,
          truncated, errored and skipped ones stand beside it. Its interval is a 95 % Wilson interval on the effective number of trials,
          for repeats of one conversation are not independent of each other. With few conversations it is wide, and targets whose
          intervals overlap much have not been told apart.</p>
        {comparison && <p class="method">A difference is the mean over the conversations that both runs have, paired by name and question, of the
          share of repeats that passed; blocked and truncated count as not passed. p is one-sided, by flips of signs, exact where they are
          few, and after Holm over all pairs that the gate sees. Costs and latencies are geometric means of ratios.</p>}
        {gate && <p class="method">The gate: regressed where p is below {gate.alpha} and the fall at least {formatNumber(100 * gate.min_effect)} points; passed where the
          whole interval lies above −{formatNumber(100 * gate.margin)} points; inconclusive otherwise{gate.min_pass_rate !== null && `; a pass rate below ${formatNumber(100 * gate.min_pass_rate)} % is below the floor`}.</p>}
        <p class="method">Latencies are seconds from sending a request to its last byte, waiting for rate limits not included; p50 is the median,
          p95 what one turn in twenty exceeds.</p>
        <p class="method">Costs are US dollars, by the prices that the spec gives and by the genai-prices table where it gives none. What is not
          known is called unknown and is never counted as zero.</p>
      </section>
      {provenance.spec && <details class="spec"><summary>The spec, as it was read</summary><pre dir="auto" tabIndex={0}>{provenance.spec}</pre></details>}
    </>
  );
}
