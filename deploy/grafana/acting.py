# SPDX-License-Identifier: Apache-2.0
"""Panels of the acting half: budgets, settings, decisions, and the calls that they are about."""
from panels import annotation, heat, number, panel, row, target


def budgets():
    where = 'instance=~"$instance"'
    return [
        row("Budgets (where some are set: docs/fairness.md)"),
        number("Over budget", f'count(pagefare_budget_stage{{{where}}} > 0) or vector(0)', "none",
               about="Holders of budgets that are held back, or would be in advise."),
        number("Machines that enforce", f'sum(pagefare_fair_enforcing{{{where}}})', "none"),
        number("Borrowed", f'sum(tenant:pagefare_budget_borrowed_cpu_seconds:rate5m{{{where}}})', "none",
               about="CPUs that somebody did not want and others used."),
        number("Refused calls", f'sum(rate(pagefare_budget_gate_refusals_total{{{where}}}[$__rate_interval]))', "ops"),
        number("Taken from cpu.max", f'sum(rate(pagefare_budget_repaid_cpu_seconds_total{{{where}}}[$__rate_interval]))', "none"),
        number("Charged to nobody", f'max(1 - pagefare_attribution_completeness_ratio{{{where}}})', "percentunit",
               about="Beyond 1 - least_attributed nothing is enforced."),
        panel("timeseries", "Largest shares of what is scarce",
              target(f'topk(10, pagefare_budget_dominant_share{{{where}}})', "{{instance}} {{tenant}}"),
              unit="percentunit"),
        panel("timeseries", "How far the escalation is",
              target(f'pagefare_budget_stage{{{where}}}', "{{instance}} {{tenant}}"), unit="none",
              about="0 under, 1 limit, 2 repay, 3 gate; in advise, would be."),
        panel("timeseries", "Used against the share, by holder", [
            target(f'topk(10, tenant:pagefare_budget_used_cpu_seconds:rate5m{{{where}}})', "{{tenant}} used"),
            target(f'topk(10, tenant:pagefare_budget_earned_cpu_seconds:rate5m{{{where}}})', "{{tenant}} share")],
            unit="none", about="CPUs. A share is what it may use when everybody wants everything."),
        panel("timeseries", "Steps and verdicts", [
            target(f'sum by (step, outcome) (rate(pagefare_fair_steps_total{{{where}}}[$__rate_interval]))',
                   "{{step}} ({{outcome}})"),
            target(f'sum by (rule) (rate(pagefare_fair_verdicts_total{{{where}}}[$__rate_interval]))',
                   "rule {{rule}}")], unit="ops"),
        panel("timeseries", "What became of the levers",
              target(f'sum by (lever, outcome) (rate(pagefare_fair_lever_outcomes_total{{{where}}}[$__rate_interval]))',
                     "{{lever}}: {{outcome}}"), unit="ops", width=24),
    ]


def risen(metric, where):
    """More than a minute ago; a series that came into being counts too."""
    now, before = f"{metric}{{{where}}}", f"{metric}{{{where}}} offset 1m"
    return f"(({now} - {before}) > 0) or (({now} unless {before}) > 0)"


def decisions():
    where = 'instance=~"$instance", '
    decided = "pagefare_steer_decisions_total"
    return [
        annotation("decisions", risen(decided, where + 'outcome="written"'), "decision: {{rule}}",
                   "{{instance}}: knobs written by rule {{rule}}; pagefare explain has the sentence",
                   "instance,rule", "green"),
        annotation("failures", risen(decided, where + 'outcome=~"failed|refused"'),
                   "decision {{outcome}}", "{{instance}}: rule {{rule}}", "instance,rule", "red"),
        # In advise a wish lasts until somebody turns the knob: a line where it begins would drown in
        # those that repeat it.
        {**annotation("would (advise)", risen(decided, where + 'outcome="would"'),
                      "would: {{rule}}", "{{instance}}: rule {{rule}}", "instance,rule", "purple"),
         "enable": False},
        annotation("steps of budgets", risen("pagefare_fair_steps_total", where + 'outcome="enforced"'),
                   "budget: {{step}}", "{{instance}}: one more holder of a budget at {{step}}",
                   "instance,step", "orange"),
    ]


def settings():
    where, rate = '{instance=~"$instance"}', "[$__rate_interval]))"
    alarms = {"mode": "absolute", "steps": [{"color": "green", "value": None},
                                            {"color": "red", "value": 1}]}
    return [
        row("Settings and decisions"),
        number("Machines that decide", f"sum(pagefare_steer_deciding{where})", "none",
               about="0 in observe, without an engine, or while something cannot be read."),
        number("Regret", f"max(pagefare_steer_regret_ratio{where})", "percentunit",
               about="Share of throughput that the setting loses against the best known one; the worst machine."),
        number("Time lost so far", f"sum(pagefare_steer_lost_seconds_total{where})", "s"),
        number("CPUs available", f"sum(pagefare_steer_cpus_available{where})", "none",
               about="Idle, or busy with copying."),
        panel("stat", "Knobs with an alarm", target(f"sum(pagefare_knob_alarm{where})"), width=4, height=4,
              defaults={"thresholds": alarms}),
        number("Knobs of others", f'count(pagefare_knob_grip{{instance=~"$instance", grip="theirs"}}) or vector(0)', "none",
               about="Turned by somebody else after pagefare had; left alone."),
        panel("timeseries", "Workers that copy", [
            target(f"pagefare_steer_workers{where}", "{{instance}} {{engine}}"),
            target(f"pagefare_steer_target_workers{where}", "{{instance}} {{engine}} wanted")],
            unit="none", custom={"lineInterpolation": "stepAfter"},
            about="Threads (mt) or channels (dma); 0 where the engine is off."),
        panel("timeseries", "Regret by machine", target(f"pagefare_steer_regret_ratio{where}", "{{instance}}"),
              unit="percentunit"),
        panel("timeseries", "Decisions by rule",
              target(f"sum by (rule, outcome) (rate(pagefare_steer_decisions_total{where}{rate}",
                     "{{rule}}: {{outcome}}"), unit="ops"),
        panel("timeseries", "Periods without a decision, writes of the mask of reasons", [
            target(f"sum(rate(pagefare_steer_held_periods_total{where}{rate}", "held periods"),
            target(f"sum by (outcome) (rate(pagefare_steer_mask_writes_total{where}{rate}", "mask {{outcome}}")],
            unit="ops"),
    ]


def calls():
    where, rate = '{instance=~"$instance"}', "[$__rate_interval])"
    return [
        row("Single calls of migrate_pages()"),
        panel("timeseries", "Time on CPU, by reason", [
            target(f"histogram_quantile({share}, sum by (reason, le) (rate(pagefare_call_latency_seconds_bucket{where}{rate}))",
                   f"{{{{reason}}}} p{round(share * 100)}") for share in (0.5, 0.99)], unit="s",
            custom={"scaleDistribution": {"type": "log", "log": 10}}),
        panel("timeseries", "Size, by reason", [
            target(f"histogram_quantile({share}, sum by (reason, le) (rate(pagefare_call_size_pages_bucket{where}{rate}))",
                   f"{{{{reason}}}} p{round(share * 100)}") for share in (0.5, 0.99)], unit="none",
            custom={"scaleDistribution": {"type": "log", "log": 2}}, about="Base pages, migrated or failed."),
        panel("heatmap", "Calls by their time on CPU",
              heat(f"sum by (le) (increase(pagefare_call_latency_seconds_bucket{where}{rate})"), unit="s"),
        panel("heatmap", "Calls by their size in base pages",
              heat(f"sum by (le) (increase(pagefare_call_size_pages_bucket{where}{rate})"), unit="none"),
    ]
