"""A forecast in words: a line before a run, a table for ``--dry-run``, and a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.run.forecast.forecast import Forecast, TargetForecast
from harness.run.forecast.interval import Interval
from harness.text.numbers import format_money, format_plural

_MINUTE = 60
_HOUR = 3600


def say_forecast(forecast: Forecast) -> str:
    """Say in one line what a run is about to cost, and how long it takes."""
    said = f"{_say_money(forecast)}, {say_duration(forecast.seconds)}"
    if forecast.simulated:
        line = f"simulated: costs nothing; on Azure it would be {said}"
    else:
        line = f"{_say_requests(forecast)}: {said}"
    if forecast.looks:
        line += ", or less"
    if forecast.budget.usd is not None:
        rest = " left" if forecast.left < 1 else ""
        line += f"; budget {format_money(forecast.budget.usd)}{rest}"
    if forecast.usd is not None and forecast.unpriced:
        line += f"; without {', '.join(forecast.unpriced)}, whose price is unknown"
    if forecast.usd is not None and forecast.paid_by_hour:
        line += f"; without the hours of {', '.join(forecast.paid_by_hour)}"
    told = [one.name for one in forecast.targets if one not in forecast.counted]
    if told:
        line += f"; simulated, and free: {', '.join(told)}"
    return line


def say_excess(forecast: Forecast) -> str | None:
    """Say which limits of the budget the run would pass; None where it probably passes none."""
    if too_small := _say_first(forecast):
        return too_small
    passed, near = [], []
    for words, estimate, limit in _list_limits(forecast):
        if limit is None or estimate is None:
            continue
        if estimate.typical > limit:
            passed.append(words)
        elif estimate.high > limit:
            near.append(words)
    if passed:
        return (
            f"warning: the budget is too small ({', '.join(passed)}): requests beyond it are not "
            "sent, and the run ends incomplete (exit code 4)"
        )
    if near:
        return f"the budget may be too small ({', '.join(near)}): the run may end incomplete"
    return None


def _say_first(forecast: Forecast) -> str | None:
    """Say that no request fits into the budget; None where one does."""
    budget, said = forecast.budget, None
    if not forecast.first or not forecast.left:
        return None
    dollars = min(one.usd or 0.0 for one in forecast.first)
    tokens = min(one.tokens for one in forecast.first)
    if budget.usd is not None and dollars > budget.usd:
        said = f"up to {format_money(dollars)} of {format_money(budget.usd)}"
    elif budget.tokens is not None and tokens > budget.tokens:
        said = f"up to {tokens:,} tokens of {budget.tokens:,}"
    if said is None:
        return None
    return (
        f"warning: the budget is too small for one request ({said}): nothing is sent, and the run "
        "ends incomplete (exit code 4); `max_output_tokens` makes a request smaller"
    )


def say_duration(seconds: Interval) -> str:
    """Write seconds as ``under a minute``, ``up to 4 minutes``, ``1 to 4 minutes``, ``3 hours``."""
    if seconds.high <= _MINUTE:
        return "under a minute"
    unit, name = (_HOUR, "hour") if seconds.typical >= 2 * _HOUR else (_MINUTE, "minute")
    low, high = (_round(each / unit) for each in (seconds.low, seconds.high))
    if low == high:
        return f"{high} {name}{'' if high == '1' else 's'}"
    if seconds.low < unit / 2:
        return f"up to {high} {name}{'' if high == '1' else 's'}"
    return f"{low} to {high} {name}s"


def format_range(money: Interval) -> str:
    """Write ``about $0.12 ($0.08 to $0.20)``; one amount where both ends are the same."""
    low, typical, high = map(_write_money, (money.low, money.typical, money.high))
    return typical if low == high else f"about {typical} ({low} to {high})"


def format_forecast(forecast: Forecast) -> Iterator[str]:
    """Yield the lines that ``--dry-run`` prints for each target, with what they rest on."""
    for one in forecast.targets:
        number = forecast.requests_per_target[one.name]
        roles = "" if one.roles == ("target",) else f" ({' and '.join(one.roles)})"
        yield f"  {one.name}{roles}: {format_plural(number, 'request')}, {_say_cost(one)}"
        yield f"    {_say_tokens(one)}"
        limits = one.limits.describe()
        if one.waves:
            waves = format_plural(one.waves, "wave")
            yield f"    {say_duration(one.seconds)}: {waves} of batches, each within a day"
        elif limits:
            yield f"    {say_duration(one.seconds)} at {limits}, {one.limits.source}"
        else:
            yield f"    {say_duration(one.seconds)}; no rate limit is known"
        yield f"    {one.basis}"


def make_forecast_document(forecast: Forecast) -> dict[str, Any]:
    """Return the forecast as JSON: numbers with their intervals, null for unknown."""
    usd = forecast.usd
    return {
        "simulated": forecast.simulated,
        "requests": forecast.volume.requests.to_dict(),
        "usd": None if usd is None else usd.to_dict(6),
        "unpriced": list(forecast.unpriced),
        "paid_by_hour": list(forecast.paid_by_hour),
        "seconds": forecast.seconds.to_dict(),
        "budget": forecast.budget.model_dump(exclude_none=True),
        "targets": [_make_target(one) for one in forecast.targets],
    }


def _make_target(one: TargetForecast) -> dict[str, Any]:
    volume = one.volume
    return {
        "name": one.name,
        "roles": list(one.roles),
        "simulated": one.simulated,
        "requests": volume.requests.to_dict(),
        "input_tokens": volume.input.to_dict(),
        "cached_tokens": volume.cached.to_dict(),
        "output_tokens": volume.output.to_dict(),
        "reasoning_tokens": volume.reasoning.to_dict(),
        "billing": one.billing,
        "usd": None if one.usd is None else one.usd.to_dict(6),
        "seconds": one.seconds.to_dict(),
        "limits": {
            "windows": [
                {"key": each.key, "count": each.count, "renewalPeriod": each.period_s}
                for each in one.limits.windows
            ],
            "source": one.limits.source,
        },
        "basis": one.basis,
    }


def _list_limits(forecast: Forecast) -> Iterator[tuple[str, Interval | None, float | None]]:
    budget, volume = forecast.budget, forecast.volume
    if forecast.usd is not None and budget.usd is not None:
        likely = _write_money(forecast.usd.high)
        yield f"up to {likely} of {format_money(budget.usd)}", forecast.usd, budget.usd
    tokens = volume.input + volume.output
    yield f"up to {tokens.high:,.0f} tokens of {budget.tokens or 0:,}", tokens, budget.tokens
    yield (
        f"{volume.requests.typical:,.0f} requests of {budget.requests or 0:,}",
        volume.requests,
        budget.requests,
    )
    minutes = forecast.seconds * (1 / _MINUTE)
    if not forecast.simulated:
        yield (
            f"{say_duration(forecast.seconds)} of {budget.minutes or 0:g}",
            minutes,
            budget.minutes,
        )


def _say_requests(forecast: Forecast) -> str:
    if forecast.left == 1:
        return format_plural(forecast.requests, "request")
    return f"about {format_plural(round(forecast.requests * forecast.left), 'request')} left"


def _say_money(forecast: Forecast) -> str:
    usd, unpriced, hours = forecast.usd, forecast.unpriced, forecast.paid_by_hour
    if usd is None and not unpriced:
        return f"nothing beside the hours of {', '.join(hours)}"
    if usd is None:
        return f"at an unknown cost ({', '.join(unpriced)})"
    return format_range(usd)


def _say_cost(one: TargetForecast) -> str:
    if one.usd is not None:
        return format_range(one.usd) if one.billing == "tokens" else "costs nothing"
    return "paid by the hour" if one.billing == "hours" else "at an unknown price"


def _say_tokens(one: TargetForecast) -> str:
    volume = one.volume
    said = f"{_range_of(volume.input)} tokens sent"
    if volume.output.high:
        said += f", {_range_of(volume.output)} back"
    if volume.reasoning.high:
        said += f", of which {_range_of(volume.reasoning)} of thought"
    if volume.cached.high >= 1:
        said += f"; up to {volume.cached.high:,.0f} of those sent may be cached"
    return said


def _range_of(tokens: Interval) -> str:
    typical, low, high = (_shorten(each) for each in (tokens.typical, tokens.low, tokens.high))
    return typical if low == high else f"{typical} ({low} to {high})"


def _shorten(number: float) -> str:
    """Write a number with two figures that say something: an estimate has no more."""
    if number < 100:
        return f"{number:.0f}"
    digits = len(f"{number:.0f}") - 2
    return f"{round(number, -digits):,.0f}"


def _write_money(dollars: float) -> str:
    """Write two figures of an amount: an estimate has no more, and no cents from ten dollars up."""
    cut = float(f"{dollars:.2g}")
    return f"${cut:,.0f}" if cut >= 10 else format_money(cut)


def _round(number: float) -> str:
    return f"{number:.0f}" if number >= 10 or number == round(number) else f"{number:.1g}"
