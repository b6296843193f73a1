"""Which question about the dossier in hand is asked, and which questions are about something else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dossiers.asking import Follow, asked, is_follow_up, mentions_dossier, mentions_mine
from nlu.vietnamese import strip_accents

FOLLOWS: dict[Follow, str] = {
    "late": """
        Sao trễ vậy?
        răng lâu rứa
        rang lau rua
        Sao lâu quá vậy ad
        s lâu z
        sao chậm thế
        tại sao hồ sơ của tôi chậm quá
        Trễ hẹn rồi mà chưa thấy gì
        quá hẹn 5 ngày rồi
        qua hen roi ma chua co
        vì sao chưa xong
        sao chưa có kết quả nữa
        chờ hoài không thấy
        doi mai chua thay gi
        răng chưa có rứa
        lâu dữ vậy trời
        sao ngâm lâu thế
        hồ sơ của em có bị trễ không
        đã tới ngày hẹn mà chưa có
        lâu quá rồi chị ơi
        trễ mấy ngày rồi
        Vì răng mà chậm rứa o
    """,
    "when": """
        bao giờ lấy được
        Bao giờ thì xong ạ?
        khi nào có kết quả
        chừng mô có
        chung mo co
        khi mô lấy
        khi mô thì lấy được rứa o
        bao h xong z
        chừng nào xong vậy em
        chừng nào lấy được hả cô
        bữa nào lên lấy được
        hôm nào có
        còn mấy ngày nữa
        con may bua nua xong
        bao lâu nữa
        hẹn ngày nào
        ngày hẹn trả là ngày mấy
        mai lên lấy được không
        hôm nay lấy được chưa
        khi nao xong vay ad
        hs của mk bao giờ xong
        ngày mô lấy được
        hồ sơ này chừng nào trả kết quả
        mấy giờ lấy được
    """,
    "pay": """
        đóng tiền ở đâu
        đóng tiền ở mô
        dong tien o mo
        nộp tiền ở đâu vậy ạ
        nộp lệ phí ở đâu
        thanh toán thế nào
        chuyển khoản được không
        cho xin số tài khoản
        đóng bao nhiêu tiền
        phải nộp bao nhiêu
        em đóng tiền rồi mà
        trả tiền kiểu gì
        còn thiếu bao nhiêu tiền
        nop tien cho nao
        quét mã thanh toán được ko
        thanh toan online dc k
    """,
    "pickup": """
        nhận ở đâu
        lấy ở đâu
        lấy kết quả ở mô
        nhận kết quả chỗ nào ạ
        lanh o dau
        lên đâu lấy
        ra đâu nhận
        lãnh ở chỗ mô rứa
        gửi bưu điện về được không
        giao tận nhà được ko ad
        lay kq o dau
        tới đâu để lấy
        thứ bảy lấy được không
        lấy giấy ở quầy nào
    """,
    "papers": """
        thiếu giấy gì
        bổ sung gì
        thiếu giấy chi rứa
        còn thiếu gì
        phải bổ sung những gì ạ
        cần bổ sung giấy tờ gì
        nộp thêm giấy gì nữa
        nop them j
        thieu gi vay ad
        bổ sung ở đâu
        nộp bổ sung chỗ nào
        em bổ sung rồi mà
        bị thiếu cái chi
        bổ túc gì nữa không
        hs thiếu gì z
    """,
    "where_now": """
        ai đang giữ
        ai đang giữ hồ sơ của tôi
        đang ở bước nào
        dang o buoc nao roi
        hồ sơ đang nằm ở đâu
        đang kẹt ở đâu vậy
        đang ở phòng nào
        hồ sơ đang ở khâu nào rồi
        ai đang xử lý
        ai xử lý hồ sơ này
        tới bước mấy rồi
        đang nằm chỗ mô
        ai dang giu hs
        vướng cái gì vậy
        hs dang o phog nao
    """,
    "history": """
        lịch sử xử lý
        xem quá trình giải quyết
        đã qua những bước nào rồi
        diễn biến hồ sơ
        tiến trình xử lý thế nào
        lich su ho so
        hồ sơ qua mấy bước rồi
        các bước đã làm
    """,
    "status": """
        tới đâu rồi
        tới mô rồi
        đến đâu rồi ạ
        toi dau r
        sao rồi
        xong chưa
        xong chưa ad ơi
        có kết quả chưa
        duyệt chưa
        ký chưa vậy
        tình trạng
        trạng thái hồ sơ
        có gì mới không
        sổ đỏ của tôi làm xong chưa
        căn cước xong chưa
        giờ phải làm gì
        ra chưa em
        hs e xong chua
        kiểm tra hồ sơ này giúp tôi
        răng rồi o ơi
    """,
    "bring": """
        mang gì theo
        mang theo gì
        mang j theo
        đem theo giấy gì
        cần mang giấy tờ gì
        đi lấy cần gì
        mang cái chi theo
        khi nhận kết quả cần mang theo gì
        cầm gì theo hả em
        dem giay to chi
        có cần mang căn cước không
        đi nhận mang theo những gì ạ
    """,
    "complain": """
        khiếu nại ở đâu
        khiếu nại ở mô
        phản ánh ở đâu
        tôi muốn khiếu nại
        gửi kiến nghị chỗ nào
        khieu nai o dau z
        muốn phàn nàn thì làm sao
        tôi muốn phản ánh
    """,
    "who_can": """
        nhờ con lấy giùm được không
        nho con lay gium dc ko
        vợ tôi lấy được không
        người khác nhận thay được không
        con tôi đi nhận hộ được không
        lấy giùm mẹ được không ạ
        nhờ hàng xóm lãnh giùm được hông
        có cần giấy ủy quyền không
        ai được đi lấy
        phải chính chủ không
        chồng em đi lấy thay có được không
        nhờ đứa cháu lên lấy hộ được ko
    """,
}
POSITIVE = [(line.strip(), f) for f, block in FOLLOWS.items() for line in block.strip().splitlines()]

OTHERS = """
    làm khai sinh cần giấy tờ gì
    cấp đổi sổ đỏ mất bao lâu
    đăng ký kết hôn ở đâu
    lam can cuoc mat bao nhieu tien
    sang tên sổ đỏ đóng tiền ở đâu
    đổi bằng lái mang gì theo
    khai sinh trễ hạn có bị phạt không
    đăng ký khai sinh quá hạn
    khai sinh quá hạn thì sao
    căn cước quá hạn rồi
    bằng lái hết hạn đổi ở đâu
    hồ sơ gồm những gì
    hồ sơ đăng ký kết hôn cần gì
    nộp hồ sơ ở đâu
    làm hồ sơ cần gì
    lệ phí bao nhiêu
    mất bao lâu
    thủ tục làm hộ chiếu
    làm hộ chiếu bao lâu có
    hộ chiếu bao giờ lấy được nếu nộp hôm nay
    xin giấy phép xây dựng mất mấy ngày
    đăng ký tạm trú online được không
    ủy quyền làm sổ đỏ được không
    nhờ người khác làm khai sinh thay được không
    nhờ mẹ đi làm khai sinh cho con được không
    nộp thuế đất ở đâu
    đóng bảo hiểm y tế ở đâu
    đóng tiền bảo hiểm xã hội ở mô
    khiếu nại đất đai gửi ai
    khiếu nại quyết định xử phạt giao thông
    nhận trợ cấp thất nghiệp ở đâu
    lãnh lương hưu ở đâu
    nhận con nuôi ở đâu
    chi tra tro cap o mo
    làm giấy khai sinh cho con thiếu giấy chứng sinh
    thiếu giấy chứng sinh thì làm khai sinh được không
    bổ sung hộ tịch là gì
    bổ sung ngành nghề kinh doanh
    bổ sung thông tin khai sinh cần gì
    xin cấp lại sổ đỏ bị mất
    chuyển mục đích sử dụng đất
    tách thửa cần điều kiện gì
    muốn sang tên xe máy
    làm lý lịch tư pháp ở đâu
    ly lich tu phap bao lau co
    cấp lại căn cước cần mang gì
    làm thẻ căn cước mang theo giấy tờ gì
    chứng thực chữ ký mang gì theo
    đi công chứng cần mang giấy tờ gì
    công chứng ủy quyền cần gì
    giấy ủy quyền bán xe viết thế nào
    xin chào
    cảm ơn ad
    gặp cán bộ
    tôi là ai
    hôm nay trời đẹp quá
    xã Hòa Xuân nay thuộc đâu
    phường Tuy Hòa ở đâu
    Trung tâm hành chính công ở đâu
    số điện thoại ủy ban
    đăng ký xe mới
    đổi giấy phép lái xe hạng A1
    trợ cấp người cao tuổi
    xác nhận độc thân
    làm giấy độc thân cần gì
    đăng ký hộ kinh doanh hết bao nhiêu
    mẫu tờ khai kết hôn
    căn cứ pháp lý nào
    điều kiện làm nhà ở xã hội
    kết quả nhận được gì
    các bước làm khai tử
    quy trình cấp sổ đỏ
    trình tự đăng ký biến động đất
    làm sao để nhập hộ khẩu
    tui mún lm gks
    lm bl het bn tien
    mần giấy tờ đất răng
    đứa nhỏ nhà tui mới sanh giờ làm giấy chi
    con tôi 14 tuổi làm căn cước được không
    vợ chồng ly hôn chia đất thế nào
    ai có thẩm quyền cấp sổ đỏ
    ai được cấp bảo hiểm y tế miễn phí
    sao không làm khai sinh online được
    tại sao phải làm căn cước gắn chip
    vì sao làm sổ đỏ lâu thế
    bao giờ phải đổi bằng lái
    khi nào được hưởng trợ cấp
    khi nao phai doi can cuoc
    có ai lừa tôi chuyển khoản tiền mua đất
    chuyển khoản tiền điện ở đâu
    thanh toán tiền điện
    quét mã trúng thưởng
    cháy nhà rồi cứu với
    thời tiết ngày mai thế nào
    giá cà phê hôm nay bao nhiêu
    bóng đá tối nay mấy giờ
    đăng ký thường trú cho mẹ cần những gì
    mẹ tôi mất làm giấy chứng tử ở đâu
    ba tôi muốn sang tên đất cho con
    sổ đỏ ghi sai tên sửa ở đâu
    đăng ký khai sinh trễ cho con 5 tuổi
    mấy giờ mở cửa
    thứ bảy có làm việc không
    ủy ban xã nằm ở đâu
    giờ ra đâu nộp giấy tờ
    phản ánh đèn đường không sáng
    xác nhận tình trạng hôn nhân
    sáng mấy giờ bắt đầu nhận hồ sơ
    nộp hôm nay khi nào lấy được
    hồ sơ có cần hợp đồng thuê nhà không
    ai làm cũng được hay sao
"""
NEGATIVE = [line.strip() for line in OTHERS.strip().splitlines()]


def test_there_are_enough_examples() -> None:
    assert len({text for text, _ in POSITIVE}) >= 120
    assert len(set(NEGATIVE)) >= 80


@pytest.mark.parametrize(("text", "follow"), POSITIVE)
def test_follow_ups_are_heard_in_any_writing(text: str, follow: Follow) -> None:
    for written in (text, unicodedata.normalize("NFD", text), text.upper()):
        assert asked(written)[:1] == [follow], written


@pytest.mark.parametrize(("text", "follow"), [p for p in POSITIVE if "ô" not in p[0] and "ă" not in p[0]])
def test_and_without_accents(text: str, follow: Follow) -> None:
    assert follow in asked(strip_accents(text))


@pytest.mark.parametrize("text", NEGATIVE)
def test_questions_about_something_else_are_left_alone(text: str) -> None:
    for written in (text, unicodedata.normalize("NFD", text), strip_accents(text)):
        assert not is_follow_up(written), asked(written)


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("Sao trễ vậy, bao giờ lấy được?", ["late", "when"]),
        ("đóng tiền ở đâu, mang gì theo", ["pay", "bring"]),
        ("nhận ở đâu và nhờ con lấy giùm được không", ["pickup", "who_can"]),
        ("thiếu giấy gì, bổ sung ở đâu", ["papers"]),
        ("H15.50.05.13-261008-0975 sao trễ vậy", ["late"]),
        ("h15.50.05.13-261008-0975 bao giờ xong", ["when"]),
        ("H15.50.05.13-261008-0975", []),
    ],
)
def test_several_questions_come_in_their_order(text: str, follows: list[Follow]) -> None:
    assert asked(text) == follows


def test_a_long_tale_is_no_follow_up() -> None:
    assert not is_follow_up("hôm qua tôi lên xã " * 8 + "bao giờ lấy được")


@pytest.mark.parametrize(
    "text",
    [
        "hồ sơ của tôi",
        "hs của mk",
        "ho so cua toi",
        "hồ sơ đã nộp",
        "danh sách hồ sơ",
        "hồ sơ của mẹ tới đâu rồi",
        "hồ sơ đất của ba tôi",
        "các hồ sơ của tôi",
        "hồ sơ em xong chưa",
        "hồ sơ tôi nộp hôm trước",
        "xem hồ sơ đang theo dõi",
        "hs e nop hom qua",
        "hồ sơ của nhà tui",
        "hs của vk mk",
    ],
)
def test_ones_own_dossiers(text: str) -> None:
    for written in (text, unicodedata.normalize("NFD", text)):
        assert mentions_mine(written)
        assert mentions_dossier(written)


@pytest.mark.parametrize(
    "text",
    [
        "hồ sơ gồm những gì",
        "nộp hồ sơ ở đâu",
        "làm hồ sơ cần gì",
        "hồ sơ em cần những gì",
        "hồ sơ của tôi cần gì để làm khai sinh",
        "thành phần hồ sơ",
        "đăng ký khai sinh",
        "xin chào",
        "mẹ tôi muốn làm căn cước",
    ],
)
def test_papers_for_a_procedure_are_not_ones_own_dossier(text: str) -> None:
    assert not mentions_mine(text)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("hồ sơ đất rẫy tới đâu rồi", True),
        ("hồ sơ của mẹ bao giờ xong", True),
        ("giấy hẹn của tôi đâu", True),
        ("xong chưa", True),
        ("hồ sơ đất rẫy gồm những gì", False),
        ("làm giấy tờ đất rẫy cần gì", False),
        ("của mẹ", False),
    ],
)
def test_a_dossier_is_spoken_of(text: str, spoken: bool) -> None:
    assert mentions_dossier(text) is spoken


@given(st.text(max_size=400))
def test_nothing_a_person_can_type_breaks_it(text: str) -> None:
    assert is_follow_up(text) == bool(asked(text))
    mentions_mine(text)
    mentions_dossier(text)
