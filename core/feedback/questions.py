"""What is asked beside the score of a rating. Pure.

The subjects are those of NĐ 61/2018/NĐ-CP Art. 31 as far as somebody can answer them: time against the rule, visits,
attitude, whether published information was right, cost. That text is replaced; it is the cautious default. The number
of a choice means what somebody types who cannot press a button: one visit is choice 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.reminders.rating_words import TALK

About = Literal["dossier", "talk"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Args:
        name: as the database keeps it.
        title: at the head of its figures.
        choices: value and words, in order.
        good: the values that speak for the office.
        about: what it can be asked about.
    """

    name: str
    title: str
    text: str
    choices: tuple[tuple[int, str], ...]
    good: frozenset[int]
    about: frozenset[About] = frozenset({"dossier"})


QUESTIONS = (
    Question(
        "time",
        "Thời gian so với hẹn",
        "Hồ sơ được giải quyết so với ngày hẹn thế nào?",
        ((1, "Sớm hơn hẹn"), (2, "Đúng hẹn"), (3, "Trễ hẹn")),
        frozenset({1, 2}),
    ),
    Question(
        "visits",
        "Số lần đi lại",
        "Anh/chị phải đến nơi giải quyết mấy lần, kể cả lần nhận kết quả?",
        ((1, "1 lần"), (2, "2 lần"), (3, "3 lần"), (4, "4 lần trở lên"), (0, "Không phải đến")),
        frozenset({0, 1, 2}),
    ),
    Question(
        "attitude",
        "Thái độ phục vụ",
        "Thái độ của cán bộ thế nào?",
        ((1, "Rất tệ"), (2, "Chưa tốt"), (3, "Bình thường"), (4, "Tốt"), (5, "Rất tốt")),
        frozenset({4, 5}),
        frozenset({"dossier", "talk"}),
    ),
    Question(
        "accuracy",
        "Thông tin công khai đúng",
        "Thông tin công khai (giấy tờ, thời hạn, cách làm) có đúng với thực tế không?",
        ((1, "Đúng"), (2, "Có chỗ chưa đúng"), (3, "Sai nhiều"), (4, "Tôi không xem")),
        frozenset({1}),
        frozenset({"dossier", "talk"}),
    ),
    Question(
        "cost",
        "Chi phí so với công khai",
        "Số tiền anh/chị phải trả so với mức công khai?",
        ((1, "Đúng mức công khai"), (2, "Cao hơn"), (3, "Không phải trả tiền"), (4, "Tôi không rõ")),
        frozenset({1, 3}),
    ),
)
UNSURE = {"accuracy": frozenset({4}), "cost": frozenset({4})}  # answers that say nothing of the office
COMMENT = "comment"


def about(subject: str) -> About:
    """What kind of thing a subject is."""
    return "talk" if subject.startswith(TALK) else "dossier"


def asked_of(subject: str) -> tuple[Question, ...]:
    """The questions for a subject, in order."""
    return tuple(q for q in QUESTIONS if about(subject) in q.about)


def valid(subject: str, name: str, value: int) -> bool:
    """Whether a question has this answer."""
    return any(q.name == name and value in dict(q.choices) for q in asked_of(subject))
