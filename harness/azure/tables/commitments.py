"""Commitment tiers: how much of a service a month's commitment buys.

A line ``kind|sku|plan|unit|disconnected unit|T1 T2 T3|T1 T2 T3 T4`` stands for the hosting models
Web and ConnectedContainer (the first list) and DisconnectedContainer (the second, SKU DC0);
quantities in thousands.

Source: the answer to ``commitmentTiers`` of centraluseuap, api-version 2022-10-01, observed on
2022-10-26; costs were empty.
"""

TIERS = """\
ComputerVision|S1|Read|Transaction|Transaction|500 2000 8000|500 2000 8000 16000
TextAnalytics|S|TA|Transaction|TextRecords|1000 3000 10000|1000 2500 10000 25000
LUIS|S0|LanguageTransaction|Transaction|Transaction|1000 5000 25000|1000 5000 25000 50000
SpeechServices|S0|STT|Second|Hour|7200 36000 180000|2 10 50 100
SpeechServices|S0|NTTS|Characters|Characters|80000 400000 2000000|80000 400000 2000000 4000000
FormRecognizer|S0|CustomInvoice|Transaction|Pages|20 100 500|20 100 500 1000
TextTranslation|S1|Characters|Transaction|Transaction|250000 1000000 4000000|250000 1000000 4000000\
 10000000
"""
