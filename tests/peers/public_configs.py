"""The fields of public models' config.json that say how large they are, with the published number of parameters."""

from typing import Any, NamedTuple


class Published(NamedTuple):
    """`billions` as on the model's card, and numbers kept per token of conversation where all layers keep all."""

    config: dict[str, Any]
    billions: float
    kept_per_token: int | None = None


def _llama(
    hidden: int, inner: int, layers: int, heads: int, kv_heads: int, vocabulary: int, **more: object
) -> dict[str, Any]:
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": hidden, "intermediate_size": inner,
        "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": kv_heads,
        "vocab_size": vocabulary, "tie_word_embeddings": False, "max_position_embeddings": 131072,
        "torch_dtype": "bfloat16",
    } | more  # fmt: skip


def _qwen_next(inside: dict[str, Any]) -> dict[str, Any]:
    return {
        "head_dim": 256, "linear_num_key_heads": 16, "linear_key_head_dim": 128, "linear_value_head_dim": 128,
        "linear_conv_kernel_dim": 4, "full_attention_interval": 4, "max_position_embeddings": 262144,
        "tie_word_embeddings": False,
    } | inside  # fmt: skip


CHAT: dict[str, Published] = {
    "llama-3.1-8b": Published(_llama(4096, 14336, 32, 32, 8, 128256), 8.03, 65536),
    "llama-3.1-70b": Published(_llama(8192, 28672, 80, 64, 8, 128256), 70.55, 163840),
    "llama-3.2-3b": Published(_llama(3072, 8192, 28, 24, 8, 128256, tie_word_embeddings=True, head_dim=128), 3.21),
    "qwen2.5-72b": Published(_llama(8192, 29568, 80, 64, 8, 152064, model_type="qwen2", use_sliding_window=False, sliding_window=131072), 72.7, 163840),
    "qwen2.5-7b": Published(_llama(3584, 18944, 28, 28, 4, 152064, model_type="qwen2"), 7.61),
    "mistral-large-2407": Published(_llama(12288, 28672, 88, 96, 8, 32768, model_type="mistral", sliding_window=None, head_dim=128), 122.6),
    "mistral-7b": Published(_llama(4096, 14336, 32, 32, 8, 32768, model_type="mistral", sliding_window=None), 7.25),
    "qwen3-8b": Published(_llama(4096, 12288, 36, 32, 8, 151936, model_type="qwen3", head_dim=128, use_sliding_window=False, sliding_window=None), 8.19),
    "qwen3-32b": Published(_llama(5120, 25600, 64, 64, 8, 151936, model_type="qwen3", head_dim=128, use_sliding_window=False), 32.76),
    "phi-4": Published(_llama(5120, 17920, 40, 40, 10, 100352, model_type="phi3", sliding_window=None), 14.66),
    "gemma-2-9b": Published(_llama(3584, 14336, 42, 16, 8, 256000, model_type="gemma2", head_dim=256, sliding_window=4096, tie_word_embeddings=None), 9.24),
    "granite-3.3-8b": Published(_llama(4096, 12800, 40, 32, 8, 49159, model_type="granite", tie_word_embeddings=True), 8.17),
    # The public file of Gemma 3 leaves much to the code.
    "gemma-3-12b": Published({
        "architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "vision_config": {"hidden_size": 1152},
        "torch_dtype": "bfloat16", "text_config": {
            "model_type": "gemma3_text", "hidden_size": 3840, "intermediate_size": 15360, "num_hidden_layers": 48,
            "num_attention_heads": 16, "num_key_value_heads": 8, "sliding_window": 1024}}, 11.77),
    "gemma-3-4b": Published({
        "architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "vision_config": {"hidden_size": 1152},
        "torch_dtype": "bfloat16", "text_config": {
            "model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34,
            "sliding_window": 1024}}, 3.88),
    "gemma-4-31b": Published({
        "architectures": ["Gemma4ForConditionalGeneration"], "model_type": "gemma4", "vision_config": {"hidden_size": 1152},
        "text_config": {
            "model_type": "gemma4_text", "hidden_size": 5376, "intermediate_size": 21504, "num_hidden_layers": 60,
            "num_attention_heads": 32, "num_key_value_heads": 16, "num_global_key_value_heads": 4, "head_dim": 256,
            "global_head_dim": 512, "attention_k_eq_v": True, "sliding_window": 1024, "vocab_size": 262144,
            "hidden_size_per_layer_input": 0, "num_kv_shared_layers": 0, "num_experts": None,
            "layer_types": (["sliding_attention"] * 5 + ["full_attention"]) * 10, "max_position_embeddings": 262144}}, 30.7),
    "gemma-4-26b-a4b": Published({
        "architectures": ["Gemma4ForConditionalGeneration"], "model_type": "gemma4",
        "text_config": {
            "model_type": "gemma4_text", "hidden_size": 2816, "intermediate_size": 2112, "num_hidden_layers": 30,
            "num_attention_heads": 16, "num_key_value_heads": 8, "num_global_key_value_heads": 2, "head_dim": 256,
            "global_head_dim": 512, "attention_k_eq_v": True, "sliding_window": 1024, "vocab_size": 262144,
            "enable_moe_block": True, "num_experts": 128, "top_k_experts": 8, "moe_intermediate_size": 704,
            "layer_types": (["sliding_attention"] * 5 + ["full_attention"]) * 5, "max_position_embeddings": 262144}}, 25.2),
    "ministral-3-8b": Published({
        "architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3", "vision_config": {"hidden_size": 1024},
        "text_config": {
            "model_type": "ministral3", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 34,
            "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 131072,
            "sliding_window": None, "tie_word_embeddings": False, "max_position_embeddings": 262144}}, 8.49),
    "mixtral-8x7b": Published(_llama(4096, 14336, 32, 32, 8, 32000, model_type="mixtral", num_local_experts=8, num_experts_per_tok=2, sliding_window=None), 46.7),
    "qwen3-30b-a3b": Published(_llama(2048, 6144, 48, 32, 4, 151936, model_type="qwen3_moe", head_dim=128, num_experts=128, num_experts_per_tok=8, moe_intermediate_size=768, decoder_sparse_step=1, mlp_only_layers=[]), 30.53, 49152),
    "qwen1.5-moe-a2.7b": Published(_llama(2048, 5632, 24, 16, 16, 151936, model_type="qwen2_moe", num_experts=60, num_experts_per_tok=4, moe_intermediate_size=1408, shared_expert_intermediate_size=5632, decoder_sparse_step=1), 14.3),
    "gpt-oss-20b": Published(_llama(2880, 2880, 24, 64, 8, 201088, model_type="gpt_oss", head_dim=64, num_local_experts=32, num_experts_per_tok=4, sliding_window=128, attention_bias=True, layer_types=["sliding_attention", "full_attention"] * 12, quantization_config={"quant_method": "mxfp4"}), 20.9),
    "gpt-oss-120b": Published(_llama(2880, 2880, 36, 64, 8, 201088, model_type="gpt_oss", head_dim=64, num_local_experts=128, num_experts_per_tok=4, sliding_window=128, attention_bias=True, layer_types=["sliding_attention", "full_attention"] * 18, quantization_config={"quant_method": "mxfp4"}), 116.8),
    "deepseek-v3": Published(_llama(7168, 18432, 61, 128, 128, 129280, model_type="deepseek_v3", n_routed_experts=256, num_experts_per_tok=8, moe_intermediate_size=2048, n_shared_experts=1, first_k_dense_replace=3, moe_layer_freq=1, q_lora_rank=1536, kv_lora_rank=512, qk_rope_head_dim=64, qk_nope_head_dim=128, v_head_dim=128, num_nextn_predict_layers=1, quantization_config={"quant_method": "fp8"}), 671.0, 61 * 576),
    "deepseek-v2-lite": Published(_llama(2048, 10944, 27, 16, 16, 102400, model_type="deepseek_v2", n_routed_experts=64, num_experts_per_tok=6, moe_intermediate_size=1408, n_shared_experts=2, first_k_dense_replace=1, moe_layer_freq=1, q_lora_rank=None, kv_lora_rank=512, qk_rope_head_dim=64, qk_nope_head_dim=128, v_head_dim=128), 15.7, 27 * 576),
    "glm-4.5-air": Published(_llama(4096, 10944, 46, 96, 8, 151552, model_type="glm4_moe", head_dim=128, n_routed_experts=128, num_experts_per_tok=8, moe_intermediate_size=1408, n_shared_experts=1, first_k_dense_replace=1, attention_bias=True, num_nextn_predict_layers=1), 106.9),
    "minimax-m2": Published(_llama(3072, 1536, 62, 48, 8, 200064, model_type="minimax_m2", head_dim=128, num_local_experts=256, num_experts_per_tok=8), 228.7),
    "llama-4-scout": Published({
        "architectures": ["Llama4ForConditionalGeneration"], "model_type": "llama4", "vision_config": {"hidden_size": 1408},
        "text_config": _llama(5120, 8192, 48, 40, 8, 202048, model_type="llama4_text", head_dim=128, num_local_experts=16,
            num_experts_per_tok=1, intermediate_size_mlp=16384, interleave_moe_layer_step=1, attention_chunk_size=8192)}, 107.8),
    "qwen3-next-80b-a3b": Published(_qwen_next(_llama(2048, 5120, 48, 16, 2, 151936, model_type="qwen3_next", linear_num_value_heads=32, num_experts=512, num_experts_per_tok=10, moe_intermediate_size=512, shared_expert_intermediate_size=512, decoder_sparse_step=1, mlp_only_layers=[])) | {"head_dim": 256}, 79.7),
    "qwen3.6-27b": Published({
        "architectures": ["Qwen3_5ForConditionalGeneration"], "model_type": "qwen3_5", "vision_config": {"hidden_size": 1152},
        "text_config": _qwen_next(_llama(5120, 17408, 64, 24, 4, 248320, model_type="qwen3_5_text", linear_num_value_heads=48, head_dim=256))}, 27.0),
    "qwen3.6-35b-a3b": Published({
        "architectures": ["Qwen3_5MoeForConditionalGeneration"], "model_type": "qwen3_5_moe", "vision_config": {"hidden_size": 1152},
        "text_config": _qwen_next({
            "model_type": "qwen3_5_moe_text", "hidden_size": 2048, "num_hidden_layers": 40, "num_attention_heads": 16,
            "num_key_value_heads": 2, "vocab_size": 248320, "linear_num_value_heads": 32, "num_experts": 256,
            "num_experts_per_tok": 8, "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512,
            "layer_types": (["linear_attention"] * 3 + ["full_attention"]) * 10})}, 34.7),
    "nemotron-3-nano-30b-a3b": Published({
        "architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h", "hidden_size": 2688, "num_hidden_layers": 52,
        "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME", "num_attention_heads": 32,
        "num_key_value_heads": 2, "head_dim": 128, "vocab_size": 131072, "n_routed_experts": 128, "num_experts_per_tok": 6,
        "moe_intermediate_size": 1856, "n_shared_experts": 1, "moe_shared_expert_intermediate_size": 3712,
        "intermediate_size": 1856, "mamba_num_heads": 64, "mamba_head_dim": 64, "n_groups": 8, "ssm_state_size": 128,
        "conv_kernel": 4, "max_position_embeddings": 262144, "tie_word_embeddings": False}, 31.6, 6 * 512),
    "granite-4.0-h-small": Published({
        "architectures": ["GraniteMoeHybridForCausalLM"], "model_type": "granitemoehybrid", "hidden_size": 4096,
        "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 100352,
        "num_local_experts": 72, "num_experts_per_tok": 10, "intermediate_size": 768, "shared_intermediate_size": 1536,
        "mamba_expand": 2, "mamba_n_heads": 128, "mamba_n_groups": 1, "mamba_d_state": 128, "mamba_d_conv": 4,
        "layer_types": ["attention" if place in {5, 15, 25, 35} else "mamba" for place in range(40)],
        "tie_word_embeddings": True, "max_position_embeddings": 131072}, 32.2, 4 * 2048),
}  # fmt: skip

EMBEDDERS: dict[str, Published] = {
    "all-MiniLM-L6-v2": Published({
        "architectures": ["BertModel"], "model_type": "bert", "hidden_size": 384, "intermediate_size": 1536,
        "num_hidden_layers": 6, "num_attention_heads": 12, "vocab_size": 30522, "max_position_embeddings": 512,
        "type_vocab_size": 2}, 0.0227),
    "bge-large-en-v1.5": Published({
        "architectures": ["BertModel"], "model_type": "bert", "hidden_size": 1024, "intermediate_size": 4096,
        "num_hidden_layers": 24, "num_attention_heads": 16, "vocab_size": 30522, "max_position_embeddings": 512,
        "type_vocab_size": 2, "torch_dtype": "float32"}, 0.335),
    "nomic-embed-text-v1.5": Published({
        "architectures": ["NomicBertModel"], "model_type": "nomic_bert", "n_embd": 768, "n_inner": 3072, "n_layer": 12,
        "n_head": 12, "vocab_size": 30528, "n_positions": 8192, "type_vocab_size": 2, "activation_function": "swiglu"}, 0.137),
    "nomic-embed-text-v2-moe": Published({
        "architectures": ["NomicBertModel"], "model_type": "nomic_bert", "n_embd": 768, "n_inner": 3072, "n_layer": 12,
        "n_head": 12, "vocab_size": 250048, "n_positions": 2048, "type_vocab_size": 1, "activation_function": "gelu",
        "moe_every_n_layers": 2, "num_experts": 8, "moe_top_k": 2}, 0.475),
    "bge-m3": Published({
        "architectures": ["XLMRobertaModel"], "model_type": "xlm-roberta", "hidden_size": 1024, "intermediate_size": 4096,
        "num_hidden_layers": 24, "num_attention_heads": 16, "vocab_size": 250002, "max_position_embeddings": 8194,
        "type_vocab_size": 1}, 0.568),
    "modernbert-base": Published({
        "architectures": ["ModernBertModel"], "model_type": "modernbert", "hidden_size": 768, "intermediate_size": 1152,
        "num_hidden_layers": 22, "num_attention_heads": 12, "vocab_size": 50368, "max_position_embeddings": 8192}, 0.149),
}  # fmt: skip
