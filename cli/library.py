"""library train · test · predict: the category classifier, from files of text and label."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.out_file import opened, out_path
from cli.progress import track
from engine import folder
from engine.folder import Loaded
from insights.library import CategoryLibrary, Judged
from insights.library_measure import measure
from insights.library_model import ModelRefused
from insights.library_text import joined
from insights.library_train import STEPS, train
from tickets.files.read_table import Limits, Row, Table, read
from tickets.files.refused import BadRow, FileRefused
from tickets.files.safe_cells import safe
from tickets.store import corrections
from wiring.desk import load_rules
from wiring.names import current_names, database_ready
from wiring.rulebook import open_library
from wiring.settings import Settings, load

COLUMNS = {
    "text": ("text", "内容", "诉求内容", "投诉件内容", "question", "问题"),
    "title": ("title", "标题", "主题"),
    "detail": ("detail", "详情", "details"),
    "label": ("label", "类别", "标签", "category", "诉求类别"),
}
LONGEST = 1_000_000  # characters of a cell: a model may read what a ticket may not hold
BATCH = 200


@dataclass(frozen=True)
class Sample:
    """One readable row: its number in the file, the text with the title on its own line, the label (empty when there is none)."""

    row: int
    text: str
    label: str


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "类别分类器：训练、检验、预测 (the category classifier: train, test, predict)"
    library = commands.add_parser("library", help=about, description=about)
    actions = library.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what, words in (
        ("train", _train, "用标注好的文件训练；FILE 有 text（或 title、detail）和 label (train from labelled rows)"),
        ("test", _test, "用标注好的文件检验已训练的模型 (measure the trained model on labelled rows)"),
        ("predict", _predict, "逐行预测，写成 CSV：row,label,confidence,second,third,evidence (predict each row)"),
    ):
        action = actions.add_parser(name, help=words, description=words)
        action.add_argument("file", metavar="FILE", help="CSV 或 XLSX (CSV or XLSX)")
        if name == "predict":
            action.add_argument("--out", metavar="OUT.csv", required=True, help="结果文件 (where the result goes)")
        action.add_argument("--lang", choices=("zh", "en"), default=argparse.SUPPRESS, help="输出语言 (language of the output)")
        action.set_defaults(run=run, what=what)


def run(args: argparse.Namespace) -> int:
    """0 when done, 2 when the file or the model cannot be used, said in one sentence."""
    settings = load()
    try:
        needs = ("text", "title", "detail")
        limits = Limits(settings.import_megabytes, settings.import_rows, LONGEST)
        if args.action == "predict":
            out_path(args.out, Path(args.file))
        table = read(Path(args.file), limits, columns=COLUMNS, needed=needs)
        loaded = load_rules(settings, folder.Vocabulary(names=current_names(settings)))
        return int(args.what(args, settings, loaded, table))
    except FileRefused as refused:
        print(refused.text(args.lang), file=sys.stderr)
    except ModelRefused as refused:
        print(refused, file=sys.stderr)
    return 2


def _train(args: argparse.Namespace, settings: Settings, loaded: Loaded, table: Table) -> int:
    samples, refused = _labelled(args, table)
    _say_refused(table, refused, args.lang)
    put_right = corrections.to_learn() if database_ready(settings) else ()  # people's own choices count like rows of the file
    samples += [Sample(0, one.text, one.chosen) for one in put_right if one.text.strip()]
    steps = iter(track(range(STEPS), STEPS, "训练" if args.lang == "zh" else "train"))

    def progress(_done: int, _of: int) -> None:
        next(steps, None)

    assert loaded.catalogue is not None
    catalogue = loaded.catalogue
    finder = CategoryLibrary(catalogue, None, settings.library_confidence).finder
    model = train([s.text for s in samples], [s.label for s in samples], finder, progress)
    next(steps, None)
    model.save(settings.model_file)
    corrections.mark_learned([one.key for one in put_right])
    unknown = [label for label in model.labels if label not in catalogue.tree]
    if args.lang == "en":
        print(f"Trained on {len(samples):,} rows with {len(model.labels)} categories. {len(unknown)} of them are not in the dispatch catalogue.")
        if put_right:
            print(f"{len(put_right):,} corrections made at the desk are among them.")
        print("Restart a running installation to use the new model.")
    else:
        print(f"已用 {len(samples):,} 行、{len(model.labels)} 个类别训练。其中 {len(unknown)} 个类别不在派单目录中，只作参考，不成为事实。")
        if put_right:
            print(f"其中 {len(put_right):,} 行是坐席更正过的类别。")
        print("正在运行的系统重新启动后使用新模型。")
    return 0


def _test(args: argparse.Namespace, settings: Settings, loaded: Loaded, table: Table) -> int:
    samples, refused = _labelled(args, table)
    _say_refused(table, refused, args.lang)
    judged = _judge(open_library(settings, loaded), samples, args.lang, words=False)
    figures = measure([s.label for s in samples], [[label for label, _ in one.ranked] for one in judged])
    for label, part in figures.by_label.items():
        print(f"{label}\tP {part.precision:.3f}\tR {part.recall:.3f}\tF1 {part.f1:.3f}\tn {part.rows}")
    print(f"top-1 {figures.top1:.4f}  top-3 {figures.top3:.4f}  macro-F1 {figures.macro_f1:.4f}  n {len(samples)}")
    return 0


def _predict(args: argparse.Namespace, settings: Settings, loaded: Loaded, table: Table) -> int:
    samples, refused = _samples(table)
    judged = dict(zip((s.row for s in samples), _judge(open_library(settings, loaded), samples, args.lang, words=True), strict=True))
    why = {bad.number: bad.text(args.lang) for bad in refused}
    with opened(Path(args.out), encoding="utf-8-sig", newline="") as out:
        sheet = csv.writer(out)
        sheet.writerow(["row", "label", "confidence", "second", "third", "evidence"])
        for row in range(1, table.total + 1):
            sheet.writerow([row, *_cells(judged[row])] if row in judged else [row, "", "", "", "", safe(why.get(row, ""))])
    _say_refused(table, refused, args.lang)
    print(f"{len(judged):,} rows → {args.out}" if args.lang == "en" else f"已预测 {len(judged):,} 行，写入 {args.out}")
    return 0


def _cells(one: Judged) -> Sequence[object]:
    ranked = [label for label, _ in one.ranked] + ["", "", ""]
    return [safe(ranked[0]), f"{one.ranked[0][1]:.4f}", safe(ranked[1]), safe(ranked[2]), safe("、".join(one.words))]


def _judge(library: CategoryLibrary, samples: Sequence[Sample], lang: str, *, words: bool) -> list[Judged]:
    if library.model is None:
        raise ModelRefused("还没有训练分类模型；请先运行 library train FILE (no model yet: run library train FILE)")

    def batches() -> Iterator[Sequence[Sample]]:
        for start in range(0, len(samples), BATCH):
            yield samples[start : start + BATCH]

    rounds = track(batches(), -(-len(samples) // BATCH), "预测" if lang == "zh" else "predict")
    return [one for batch in rounds for one in library.judge([s.text for s in batch], words=words)]


def _labelled(args: argparse.Namespace, table: Table) -> tuple[list[Sample], list[BadRow]]:
    samples, refused = _samples(table)
    kept = [sample for sample in samples if sample.label and sample.text.strip()]
    if not kept:
        raise ModelRefused(f"{args.file}: 没有既有内容又有 label 的行；请加一列 label（类别） (no row has text and a label: add a column label)")
    return kept, refused


def _samples(table: Table) -> tuple[list[Sample], list[BadRow]]:
    samples, refused = [], []
    for row in table.rows():
        if isinstance(row, BadRow):
            refused.append(row)
        else:
            samples.append(_sample(row))
    return samples, refused


def _sample(row: Row) -> Sample:
    return Sample(row.number, joined(row["title"], row["detail"] or row["text"]), row["label"])


def _say_refused(table: Table, refused: Sequence[BadRow], lang: str) -> None:
    for bad in refused:
        print(f"{table.path.name}: {bad.text(lang)}", file=sys.stderr)
