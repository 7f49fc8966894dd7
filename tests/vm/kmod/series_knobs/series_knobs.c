// SPDX-License-Identifier: GPL-2.0
/*
 * The knobs of the third posting of the batch copy series, with nothing behind them: what they
 * take, return and read, and how they lie about each other. For tests only.
 */
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#define NAME_LENGTH 32

/* The series keeps the active migrator's name at the start of a variable of this name. */
struct series_migrator {
	char name[NAME_LENGTH];
	unsigned long changes;
};

struct series_migrator migrator = { .name = "kernel" };

static DEFINE_MUTEX(lock);
static struct kobject *cpu_mt;
static struct kobject *dcbm;
static int cpu_on;
static bool dcbm_on;
static unsigned int threads = 4;
static unsigned int channels = 1;

static void become(const char *name)
{
	strscpy(migrator.name, name, sizeof(migrator.name));
	migrator.changes++;
}

static ssize_t cpu_offloading_show(struct kobject *object, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", cpu_on);
}

/* Returns the size of its variable, whatever was written; ignores what is neither 0 nor 1. */
static ssize_t cpu_offloading_store(struct kobject *object, struct kobj_attribute *attr,
				    const char *buf, size_t count)
{
	int value;
	int error = kstrtoint(buf, 0, &value);

	if (error)
		return error;
	mutex_lock(&lock);
	if ((value == 0 || value == 1) && value != cpu_on) {
		cpu_on = value;
		become(value ? "CPU_MT_COPY" : "kernel");
	}
	mutex_unlock(&lock);
	return sizeof(value);
}

static ssize_t threads_show(struct kobject *object, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", threads);
}

static ssize_t threads_store(struct kobject *object, struct kobj_attribute *attr, const char *buf,
			     size_t count)
{
	unsigned int value;
	int error = kstrtouint(buf, 0, &value);

	if (error)
		return error;
	if (value < 1 || value > 64)
		return -EINVAL;
	threads = value;
	return count;
}

static ssize_t dcbm_offloading_show(struct kobject *object, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", dcbm_on);
}

/* The other module's switch keeps reading 1 when this one takes or gives back its place. */
static ssize_t dcbm_offloading_store(struct kobject *object, struct kobj_attribute *attr,
				     const char *buf, size_t count)
{
	bool value;
	int error = kstrtobool(buf, &value);

	if (error)
		return error;
	mutex_lock(&lock);
	if (value != dcbm_on) {
		dcbm_on = value;
		become(value ? "DCBM" : "kernel");
	}
	mutex_unlock(&lock);
	return count;
}

static ssize_t channels_show(struct kobject *object, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", channels);
}

static ssize_t channels_store(struct kobject *object, struct kobj_attribute *attr, const char *buf,
			      size_t count)
{
	unsigned int value;
	int error = kstrtouint(buf, 0, &value);

	if (error)
		return error;
	if (value < 1 || value > 16)
		return -EINVAL;
	channels = value;
	return count;
}

static struct kobj_attribute cpu_offloading =
	__ATTR(offloading, 0664, cpu_offloading_show, cpu_offloading_store);
static struct kobj_attribute cpu_threads = __ATTR(threads, 0664, threads_show, threads_store);
static struct kobj_attribute dcbm_offloading =
	__ATTR(offloading, 0644, dcbm_offloading_show, dcbm_offloading_store);
static struct kobj_attribute dcbm_channels =
	__ATTR(nr_dma_chan, 0644, channels_show, channels_store);

static struct attribute *cpu_files[] = { &cpu_offloading.attr, &cpu_threads.attr, NULL };
static struct attribute *dcbm_files[] = { &dcbm_offloading.attr, &dcbm_channels.attr, NULL };
static const struct attribute_group cpu_group = { .attrs = cpu_files };
static const struct attribute_group dcbm_group = { .attrs = dcbm_files };

static int __init series_init(void)
{
	int error = -ENOMEM;

	cpu_mt = kobject_create_and_add("cpu_mt", kernel_kobj);
	dcbm = kobject_create_and_add("dcbm", kernel_kobj);
	if (cpu_mt && dcbm)
		error = sysfs_create_group(cpu_mt, &cpu_group);
	if (!error)
		error = sysfs_create_group(dcbm, &dcbm_group);
	if (error) {
		kobject_put(cpu_mt);
		kobject_put(dcbm);
	}
	return error;
}

static void __exit series_exit(void)
{
	kobject_put(cpu_mt);
	kobject_put(dcbm);
}

module_init(series_init);
module_exit(series_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("The knobs of the batch copy series, for tests");
