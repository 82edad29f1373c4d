"""rules replay · diff · export · import · publish: drafts and releases from the command line."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cli.progress import bar
from cli.rules_tree import LIVE, NoSuchState, draft_named, state
from engine import compare_versions
from engine.findings import RulesRefused
from engine.folder import Loaded
from insights.replay_run import Result, replay
from tickets.actions import draft_check, draft_decide, draft_edit
from tickets.domain.roles import APPROVE, ROLES
from tickets.ports import Desk
from tickets.store import accounts, drafts, releases, runs
from tickets.store.names import names_from_database
from tickets.store.runs import ChangedTicket
from wiring import draft_work, rulebook
from wiring.desk import open_parts, utc_now
from wiring.settings import Settings

BAD_INPUT = 2
SHOWN = 20  # changed tickets listed on the screen
COMMAND_LINE = ("cli", "命令行")
Chosen = Callable[[argparse.Namespace, Settings], int]


@dataclass(frozen=True)
class Sides:
    """What is in force and what it is compared with, read; nothing of either has an error."""

    words: str
    before: Loaded
    after: Loaded


def replay_path(args: argparse.Namespace, settings: Settings) -> int:
    """Every ticket of the window under both rule books; prints what would change, in words."""
    if not 1 <= args.days <= 3660:
        print(f"--days {args.days}: 请写 1 到 3660 天 (1 to 3660 days)", file=sys.stderr)
        return BAD_INPUT
    parts = open_parts(settings)
    now = parts.desk.clock()
    sides = _sides(settings, args.path, now)
    listed: list[ChangedTicket] = []
    with bar("回放" if args.lang == "zh" else "replay") as shown:
        result = replay(parts.desk, sides.before, sides.after, (now - timedelta(days=args.days), now), progress=shown, sink=_first(listed))
    parts.book.close()
    _say_replay(result, listed, args.days, args.lang)
    return 0


def diff(args: argparse.Namespace, settings: Settings) -> int:
    """Two states side by side: rule sets rule by rule in words, other files by name."""
    parts = open_parts(settings)
    parts.book.close()
    now = utc_now()
    one, other = state(args.a, settings, now), state(args.b, settings, now)
    loaded = [rulebook.load_tree(dict(one.tree)), rulebook.load_tree(dict(other.tree))]
    print(f"{one.words} → {other.words}")
    found = False
    for name in sorted({*loaded[0].sets, *loaded[1].sets}):
        old, new = loaded[0].sets.get(name), loaded[1].sets.get(name)
        if (old.version if old else "") == (new.version if new else ""):
            continue
        found = True
        print("\n".join(compare_versions.say(compare_versions.compare(old, new, loaded[0].facts, loaded[1].facts, args.lang), args.lang)))
    for path in sorted({*one.tree, *other.tree}):
        if one.tree.get(path) != other.tree.get(path):
            found = True
            print(f"  {_mark(path in one.tree, path in other.tree, args.lang)} {path}")
    if not found:
        print("没有差别" if args.lang == "zh" else "no difference")
    return 0


def export(args: argparse.Namespace, settings: Settings) -> int:
    """Writes every file in force as it was written, comments and all: for Git."""
    open_parts(settings).book.close()
    target = Path(args.dir)
    if target.exists() and not target.is_dir():
        print(f"{target}: 不是文件夹，请另写一个 (not a folder)", file=sys.stderr)
        return BAD_INPUT
    if target.is_dir() and any(target.iterdir()) and not any((target / name).is_dir() for name in ("rules", "forms", "templates")):
        print(f"{target}: 文件夹里已有别的文件，请换一个空文件夹 (the folder holds other files)", file=sys.stderr)
        return BAD_INPUT
    asked = state(args.state, settings, utc_now())
    for path, text in asked.tree.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))
    for file in [*target.glob("rules/**/*.yaml"), *target.glob("forms/**/*.yaml"), *target.glob("templates/**/*.txt")]:
        if file.relative_to(target).as_posix() not in asked.tree:
            file.unlink()  # gone from the rules: it would come back at the next import
    print(f"{asked.words}：{len(asked.tree)} 个文件已写到 {target} (files written)")
    return 0


def import_path(args: argparse.Namespace, settings: Settings) -> int:
    """Makes a draft of what differs from the files in force; nothing is in force before somebody approves it."""
    open_parts(settings).book.close()
    now = utc_now()
    live = state(LIVE[0], settings, now).tree
    tree = state(args.path, settings, now).tree
    changed = sorted(path for path in {*live, *tree} if live.get(path) != tree.get(path))
    if not changed:
        print("与现行内容相同，没有新建草稿 (the same as in force: no draft was made)")
        return 0
    who = _author(args.author)
    if who is None:
        return BAD_INPUT
    draft = draft_edit.start(now, *who, args.title or f"导入 {Path(args.path).name}")
    for path in changed:
        draft_edit.save(draft, path, tree.get(path), seen=releases.sha_in(live, path), base=live.get(path), at=now, who=who[0], who_name=who[1], what="导入")
    print(f"已新建草稿 {draft}，改动 {len(changed)} 个文件 (draft {draft}, files: {len(changed)})")
    for path in changed:
        print(f"  {_mark(path in live, path in tree, args.lang)} {path}")
    return 0


def publish(args: argparse.Namespace, settings: Settings) -> int:
    """Checks, replays and publishes a draft, with the approver's account and password: the author's own will not do."""
    parts = open_parts(settings)
    parts.book.close()
    desk, now = parts.desk, parts.desk.clock()
    info = draft_named(args.name)
    if info is None:
        print(f"没有草稿「{args.name[:60]}」，请写草稿编号或名称 (no such draft)", file=sys.stderr)
        return BAD_INPUT
    if info.state not in (*drafts.EDITABLE, "submitted"):
        done = {"published": "已发布", "approved": "已批准，等着生效"}.get(info.state, "已放弃")
        print(f"草稿「{info.title}」{done}，不能再发布 (the draft is {info.state})", file=sys.stderr)
        return BAD_INPUT
    approver = accounts.check(args.approver, os.environ.get("SUDA_PASSWORD") or getpass.getpass("审批人密码 (approver's password): "))
    if approver is None or not ROLES[approver.role].may(APPROVE):
        print(f"「{args.approver[:40]}」的密码不对，或不是审批人 (wrong password, or no approver)", file=sys.stderr)
        return BAD_INPUT
    files = draft_work.files(settings, info.id, now)
    if info.state in drafts.EDITABLE:
        runs.ask_check(info.id, info.hash, releases.newest_mark(now), approver.username, now)
        _work(settings, desk, lambda: _busy(runs.last_check(info.id)))
        draft_decide.submit(info.id, files.tree, now)
    base = releases.tree_hash(files.tree)
    last = runs.last_replay(info.id)
    if last is None or last.state != "done" or last.draft_hash != info.hash or last.base_hash != base:
        runs.ask_replay(info.id, info.hash, base, (now - timedelta(days=args.days), now), approver.username, now)
        _work(settings, desk, lambda: _busy(runs.last_replay(info.id)))
    last = runs.last_replay(info.id)
    assert last is not None
    print(f"回放近 {args.days} 天 {last.total:,} 件，会变 {last.changed:,} 件 ({last.changed:,} of {last.total:,} tickets would change)")
    for one in runs.changed_tickets(last.id, limit=SHOWN):
        print("  " + _ticket_line(one, args.lang))
    rulebook.whole(dict(files.after), names_from_database())  # names may have gone since the check
    runs.looked(last.id, approver.username, desk.clock())
    moment = desk.clock()
    number = draft_decide.approve(
        info.id, files, who=approver.username, who_name=approver.name, opinion=args.opinion, at=moment, effective_at=moment,
        seen_hash=info.hash, seen_replay=last.hash,
    )  # fmt: skip
    print(f"已发布，第 {number} 号，立即生效 (published as number {number}, in force now)")
    return 0


def refused(what: Chosen) -> Chosen:
    """Every refusal of drafts and files as one sentence on stderr and exit code 2."""

    def run(args: argparse.Namespace, settings: Settings) -> int:
        try:
            return what(args, settings)
        except (NoSuchState, draft_edit.DraftRefused) as no:
            print(no, file=sys.stderr)
        return BAD_INPUT

    return run


def _sides(settings: Settings, path: str, now: datetime) -> Sides:
    live, other = state(LIVE[0], settings, now), state(path, settings, now)
    report = draft_check.check(other.tree, names_from_database())
    if report.errors:
        raise RulesRefused(report.errors)
    return Sides(other.words, rulebook.load_tree(dict(live.tree)), report.loaded)


def _first(listed: list[ChangedTicket]) -> Callable[[Sequence[ChangedTicket]], None]:
    def keep(found: Sequence[ChangedTicket]) -> None:
        listed.extend(found[: max(0, SHOWN - len(listed))])

    return keep


def _say_replay(result: Result, listed: list[ChangedTicket], days: int, lang: str) -> None:
    summary = result.summary()
    if lang == "en":
        print(f"Last {days} days: {result.total:,} tickets decided again, {result.changed:,} would change.")
    else:
        print(f"近 {days} 天：逐件重算 {result.total:,} 件，{result.changed:,} 件会变。")
    words = {"unit": "换单位", "person": "换人", "assist": "协办", "urgency": "缓急", "deadline": "时限", "chain": "催办链", "other": "其他"}
    if result.kinds:
        print("  " + "，".join(f"{words[kind] if lang == 'zh' else kind} {count:,}" for kind, count in sorted(result.kinds.items())))
    if result.shorter:
        print(f"  时限变短 {result.shorter:,} 件，其中 {result.late:,} 件照新时限会超时 (shorter: {result.shorter:,}, late by it: {result.late:,})")
    load = summary["load"]
    for unit, before, after in load if isinstance(load, list) else ():
        print(f"  {unit}  {before:,} → {after:,} ({after - before:+,})")
    for one in listed:
        print("  " + _ticket_line(one, lang))
    if result.changed > len(listed):
        print(f"  … {result.changed - len(listed):,}")


def _ticket_line(one: ChangedTicket, lang: str) -> str:
    sides = []
    for box in (one.before, one.after):
        unit = "·".join(str(box[key]) for key in ("unit", "section") if box.get(key))
        rest = [str(box[key]) for key in ("urgency",) if box.get(key)]
        deadlines = box.get("deadline")
        if isinstance(deadlines, Mapping):
            rest += [f"{name} {asked['within']}" for name, asked in sorted(deadlines.items())]
        sides.append(" ".join([*([unit] if unit else []), *([str(box["person"])] if "person" in one.kinds else []), *rest]) or "—")
    return f"{one.number}  {sides[0]} → {sides[1]}  {one.reason_en if lang == 'en' else one.reason_zh}{f'（{one.aftermath}）' if one.aftermath else ''}"


def _mark(before: bool, after: bool, lang: str) -> str:
    zh, en = ("修改", "changed") if before and after else ("新增", "new") if after else ("删除", "removed")
    return zh if lang == "zh" else en


def _author(username: str | None) -> tuple[str, str] | None:
    if username is None:
        return COMMAND_LINE
    name = accounts.name_of(username)
    if name is None:
        print(f"没有账号「{username[:40]}」 (no such account)", file=sys.stderr)
        return None
    return username, name


def _busy(run: runs.CheckInfo | runs.ReplayInfo | None) -> bool:
    return run is not None and run.state in ("queued", "running")


def _work(settings: Settings, desk: Desk, busy: Callable[[], bool]) -> None:
    """Does the asked-for work here, unless the jobs process is at it already."""
    while busy():
        draft_work.turn(settings, desk)
