"""Kinds of accounts: what each was recorded to have.

A line ``kind|flags`` begins a kind. Flags: ``qna`` has ``apiProperties`` of question answering,
``quota`` a ``quotaLimit``. ``@`` lists its endpoints, ``!`` its capabilities (``name=value``),
``$`` what a month includes (``name=limit``), ``%`` a rule of its call rates:
``key|seconds|calls|path method,path method``; ``*`` after the key: throttled dynamically. Lists of
hundreds are cut to what concerns models and one of each sort.

Source: accounts of these kinds as ARM answered them: OpenAI, FormRecognizer, TextAnalytics,
QnAMaker.v2 and SpeechServices 2023-07, Face 2022-10, AIServices 2026-06 and 2026-07,
ComputerVision 2023-06, which has no call rates.
"""

KINDS = """\
OpenAI|
@ OpenAI Language Model Instance API;OpenAI Dall-E API;OpenAI Whisper API
@ OpenAI Model Scaleset API;OpenAI Realtime API;Token Service API
! VirtualNetworks;CustomerManagedKey;MaxFineTuneCount=500;MaxRunningFineTuneCount=3
! MaxUserFileCount=100;MaxTrainingFileSize=512000000;MaxUserFileImportDurationInHours=1
! MaxFineTuneJobDurationInHours=720
% openai.dalle.post|1|30|dalle/* POST,openai/images/* POST
% openai.dalle.other|1|30|dalle/* *,openai/operations/images/* *
% openai|1|30|openai/* *
% default|1|30|* *
AIServices|qna
@ AI Foundry API;ProjectA APIs;MAAP Managed Deployments API;OpenAI Language Model Instance API
@ OpenAI Dall-E API;OpenAI Sora API;OpenAI Moderations API;OpenAI Whisper API
@ OpenAI Model Scaleset API;OpenAI Realtime API;Token Service API
@ Azure OpenAI Legacy API - Latest moniker;OpenAI Response API on Websocket
@ OpenAI Realtime Translation WebSocket API;Azure AI Model Inference API;Cohere AI API
@ Mistral AI API;Azure MAI Model Inference API;Azure MAI Model Inference API v1.0
@ Content Understanding;Content Safety;Container;Computer Vision;FormRecognizer
@ Speech Services Speech to Text;Speech Services Speech to Text v3.2
@ Speech Services Speech to Text 2024-05-15-preview;Speech Services Speech to Text 2024-11-15
@ Speech Services Speech to Text 2025-10-15;Speech Services Speech to Text v3.2_internal.1
@ Speech Services Custom Voice;Speech Services Custom Voice Trial;Video Translation
@ Speech Services Audio Content Creation;Speech Services TTS Player;Speech Services Podcast
@ Speech Services Custom Avatar;Speech Services Batch Avatar;Speech Services Batch Text to Speech
@ Speech Services Speech to Text (Standard);Speech Services Text to Speech (Neural)
@ Speech Services Speaker Verification;Speech Services Speaker Identification
@ Voice Agent Realtime API;Voice Live Realtime API;Voice Live Media Gateway Calls API;Token
@ Text Analytics;Custom Text Authoring;Conversational Language Understanding Authoring
@ Custom Question Answering Authoring;Custom Question Answering;ConversationalLURuntime;Language
@ Language Remote MCP Server;QnAMaker;Turing;QuestionAnswering;LUIS;TextTranslation-Global
@ TextTranslation;DocumentTranslation;CustomTranslator
! VirtualNetworks;EnabledApimVnet=true;TrustedServices=Microsoft.CognitiveServices
! CustomerManagedKey;CustomerManagedStorage;MaxFineTuneCount=500;MaxRunningFineTuneCount=3
! MaxUserFileCount=100;MaxTrainingFileSize=512000000;MaxUserFileImportDurationInHours=1
! MaxFineTuneJobDurationInHours=720;MaxEvaluationRunDurationInHours=5;MaxRunningEvaluationCount=5
! NetworkSecurityPerimeter;useEndpointRateLimiter=Enabled;MaxRunningGlobalStandardFineTuneCount=3
! RaiMonitor;quotaRefundsEnabled=false;audio=true;imageGenerations=true;chatCompletion=true
! fineTune=true;imageEdits=true;Container=ContentSafety.*;DynamicThrottling;CommitmentPlan
! Cloud=QuestionAnswer.AllApis
% documentTranslation.post|1|20|translator/text/batch/* POST
% documentTranslation.get|1|20|translator/text/batch/* GET
% ContentSafety.Text*|10|1000|contentsafety/text* *
% openai.dalle.post|1|30|dalle/* POST,openai/images/* POST
% openai.dalle.other|1|30|dalle/* *,openai/operations/images/* *
% openai|1|30|openai/* *
% default|1|30|* *
TextAnalytics|qna quota
$ TextAnalytics.CtAutoTagging=5000;TextAnalytics.CtSaAutoTagging=1000
$ TextAnalytics.CtEvaluation=5000;TextAnalytics.CustomHealthcare=10000
@ Text Analytics;Custom Text Authoring;Conversational Language Understanding Authoring
@ Custom Question Answering Authoring;Custom Question Answering;ConversationalLURuntime;Language
@ Language-2022-05-01;QnAMaker;turing;Turing DeepWrite;QuestionAnswering;QuestionAnsweringBizQA
@ QuestionAnsweringQnAGen;QuestionAnswering Generate;LUIS.Authoring;Container
! DynamicThrottling;VirtualNetworks;CustomerManagedKey;CustomerManagedStorage
! Container=TextAnalytics.*;Cloud=TextAnalytics.Healthcare
% workflow.endpoint.postcalls|60|1000|language/:analyze-conversations *
% textAnalytics*|60|1000|text/analytics/* *
% default|1|20|* *
FormRecognizer|
@ FormRecognizer;Container
! DynamicThrottling;VirtualNetworks;CustomerManagedKey;Container=FormRecognizer.*
% container.billing|10|500|billing/* *
% formrecognizer.analyze*|1|15|formrecognizer/custom/models/{modelId}/analyze POST
% default*|1|5|* *
QnAMaker.v2|qna
@ QnAMaker
! VirtualNetworks;CustomerManagedKey;Cloud=QuestionAnswer.AllApis
% default|60|600|* *
SpeechServices|
@ Speech Services Speech to Text v3.0;Speech Services Speech to Text v3.1
@ Speech Services Custom Voice;Speech Services Audio Content Creation;Unified Speech
@ Speech Services Speaker Verification;Speech Services Speaker Identification;Container
@ Model Distribution Service;Token API
! VirtualNetworks;CustomerManagedKey;CustomerManagedStorage;Container=SpeechServices.*
% token|1|50|sts/v1.0/* *
% speech.texttospeech|10|100|texttospeech/* *
% default|10|100|* *
Face|
@ Face
! VirtualNetworks;Container=Face.*;CustomerManagedKey;Scenario=Face.LegacyPreview
% face|1|10|face/* *
% container.billing|10|500|billing/* *
% default|1|10|* *
ComputerVision|
@ Computer Vision;Container
! Srmr;VirtualNetworks;NetworkSecurityPerimeter;CustomerManagedStorage;Container=ComputerVision.*
! Scenario=ComputerVision.Legacy
"""
