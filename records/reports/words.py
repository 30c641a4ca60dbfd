"""The Chinese words of reports; pure."""

from types import MappingProxyType

STATUS = MappingProxyType(
    {
        "short": "数据不足",
        "abnormal": "数据异常",
        "marked": "已标记无效",
        "stopped": "停运",
        "no_flow": "无流量",
        "none": "数据不足",
    }
)
CAUSES = MappingProxyType(
    {"enterprise": "企业", "network": "网络", "platform": "平台", "unknown": "原因不明"}
)
LIMIT_KINDS = MappingProxyType(
    {
        "permit": "排污许可",
        "agreement": "纳管协议",
        "local": "地方标准",
        "industry": "行业标准",
        "integrated": "综合标准",
        "setpoint": "设定值",
    }
)
BASES = MappingProxyType({"hour": "小时均值", "day": "日均值", "month": "月均值", "year": "年均值"})
MARK_KINDS = MappingProxyType({"device": "设备标记", "condition": "工况标记"})
CORRECTION_KINDS = MappingProxyType({"scale": "修正(换算)", "exclude": "剔除", "enter": "补录"})
STATES = MappingProxyType(
    {
        "filed": "已提交",
        "confirmed": "已确认",
        "fallen_back": "逾期无凭证, 已恢复",
        "refused": "已退回",
        "withdrawn": "已撤回",
        "waiting_second": "待复核",
    }
)
FLAGS = MappingProxyType(
    {
        "N": "正常",
        "F": "停运",
        "M": "维护",
        "S": "手工输入",
        "D": "故障",
        "C": "校准",
        "T": "超测量上限",
        "B": "通讯异常",
    }
)
SECTORS = MappingProxyType(
    {
        "power": "火电",
        "cement": "水泥",
        "paper": "造纸",
        "waste_incineration": "垃圾焚烧",
        "chlor_alkali": "氯碱",
        "inorganic": "无机化工",
        "pvc": "聚氯乙烯",
        "silicone": "有机硅",
        "calcium_carbide": "电石",
        "fluorine": "氟化工",
        "coking": "焦化",
        "coal_tar": "煤焦油加工",
        "fuel": "成品油",
        "storage": "危险品仓储",
        "lng": "液化天然气",
        "coal_chemical": "煤化工",
        "hydrogen": "氢能",
        "air_separation": "空分",
        "ammonia": "合成氨",
        "aromatics": "芳烃衍生物",
        "cyanide": "氰化物",
        "pesticide": "农药",
        "dye": "染料",
        "resin": "合成树脂",
        "special_gas": "电子特气",
        "fine_chemical": "精细化工",
        "pharmaceutical": "医药",
        "hazardous_waste": "危险废物处置",
        "solid_waste": "固体废物处置",
        "building_material": "建材",
        "logistics": "物流",
        "service": "公共服务",
        "wastewater": "污水处理",
        "water_reuse": "中水回用",
        "water_supply": "供水",
    }
)
ORDINALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四")


_METHODS = MappingProxyType(
    {
        "calibration": "失控时段: 末次校准前 {n} 个有效小时的最大值",
        "failure": "维护时段: 失效前 {n} 个有效小时的最大值",
        "other": "其他缺失: 失效前 {n} 个有效小时的最大值",
        "verified-period-maximum": "废水: 上一有有效数据的月份中最大的日排放量",
    }
)


def method_of(code: str) -> str:
    """Return a rule of substitution in words: other-180 is 失效前 180 个有效小时的最大值."""
    kind, _, number = code.rpartition("-")
    return _METHODS.get(code) or _METHODS.get(kind, code).format(n=number)


def cause_of(cause: str) -> str:
    """Return why a record was made, in words."""
    kind, _, number = cause.partition(" ")
    known = {
        "closed": "按时生成",
        "late": "补传数据",
        "correction": f"修正 {number}",
        "mark": f"数据标记 {number}",
        "import": f"导入 {number}",
        "demo": "演示数据",
    }
    return known.get(kind, cause)


def lacking(status: str, samples: int, expected: int) -> str:
    """Return what stands in place of a value that does not exist, never an empty cell."""
    if status in {"stopped", "no_flow", "marked"}:
        return STATUS[status]
    return f"{STATUS.get(status, '数据不足')}({samples}/{expected})"
